import type { LabPage } from '../../build/lab-text.ts';

export interface LabProps {
  readonly lab: LabPage;
  readonly base: string;
  readonly lesson?: { readonly title: string; readonly href: string };
}

export function LabApp({ lab }: LabProps) {
  return <h1>{lab.title}</h1>;
}
