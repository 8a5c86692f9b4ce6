import { pageBench } from '../labs/page-session.ts';
import { targetCases } from './target-cases.ts';

targetCases('page', async () => pageBench('contract'));
