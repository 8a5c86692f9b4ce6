import { bothWays } from './both-ways.ts';
import { labIds, readLab } from './labs.ts';
import { openPage } from './page-session.ts';

for (const lab of labIds().map(readLab)) {
  if (lab.targets.includes('page')) bothWays(lab, () => openPage(lab));
}
