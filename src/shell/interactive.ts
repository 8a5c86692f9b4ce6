import type { Shell } from './run/state.ts';

export async function interact(_shell: Shell, _login: boolean): Promise<number> {
  return 0;
}
