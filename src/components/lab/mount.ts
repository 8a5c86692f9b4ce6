import { h, hydrate } from 'preact';
import { LabApp, type LabProps } from './LabApp.tsx';

const root = document.getElementById('lab');
const props = document.getElementById('lab-props')?.textContent;
if (root !== null && props !== undefined && props !== null) hydrate(h(LabApp, JSON.parse(props) as LabProps), root);
