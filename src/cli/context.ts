import type { findInstall } from './install.ts';
import type { Screen } from './screen.ts';

/** What a command line runs in; tests give their own. */
export interface Surroundings {
  readonly screen: Screen;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

/** What each command gets beside its arguments. */
export interface Context extends Surroundings {
  readonly install: ReturnType<typeof findInstall>;
}
