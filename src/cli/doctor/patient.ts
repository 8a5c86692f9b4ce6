import type { Engine } from '../../labs/targets/kind/docker.ts';
import type { System } from './finding.ts';

/** Everything that a check may need. */
export interface Patient {
  readonly env: NodeJS.ProcessEnv;
  readonly system: System;
  /** Absent when Docker doesn't answer; checks that need it say nothing then. */
  readonly engine?: Engine;
  readonly dataFolder: string;
}
