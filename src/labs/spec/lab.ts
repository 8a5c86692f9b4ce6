import type { LabCluster, LabFile, Step } from './schema.ts';

export type { LabCluster, Step, Wrong } from './schema.ts';
export type { AnswerCheck, AssertCheck, Check, CheckKind, CommandCheck, ProbeCheck } from './schema-check.ts';

/** A lab, checked and whole: cloneable data, all that an engine needs of its folder. */
export interface Lab extends Pick<LabFile, 'title' | 'lesson' | 'minutes' | 'situation' | 'changesNode' | 'reason'> {
  /** The name of its folder. */
  readonly id: string;
  readonly cluster: LabCluster;
  readonly targets: readonly ('page' | 'kind')[];
  /** Objects to apply, in order; `$WORKER` and its like not yet filled in. */
  readonly manifests: readonly Manifest[];
  /** What the learner's folder holds at first; `path` is relative to it. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly steps: readonly Step[];
}

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}
