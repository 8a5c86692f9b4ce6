import { EXIT } from './failure.ts';
import type { Screen } from './screen.ts';

/** `hop` alone: what one can do here, in the order in which people do it. */
export function welcome(screen: Screen): number {
  const line = (command: string, what: string): string => `  ${screen.paint('cyan', command.padEnd(34))}${what}`;
  screen.out(screen.paint('bold', 'Hop by Hop: Kubernetes networking that you can see inside.'));
  screen.out();
  screen.out(line('npx hop-by-hop start', 'read the lessons, and do the labs in the page'));
  screen.out(line('npx hop-by-hop doctor', 'see whether this machine is ready for labs on kind'));
  screen.out(line('npx hop-by-hop lab start pods', 'do the lab "pods" on a real kind cluster'));
  screen.out(line('npx hop-by-hop --help', 'all commands'));
  return EXIT.ok;
}
