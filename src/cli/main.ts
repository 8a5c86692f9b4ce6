import { CommanderError } from 'commander';
import { TargetError } from '../labs/target.ts';
import type { Surroundings } from './context.ts';
import { EXIT, Failure } from './failure.ts';
import { program } from './program.ts';
import { type Screen, screenOn } from './screen.ts';
import { welcome } from './welcome.ts';

/** Runs one command line; resolves with its exit status. */
export async function main(argv: readonly string[], surroundings: Partial<Surroundings> = {}): Promise<number> {
  const env = surroundings.env ?? process.env;
  const screen = surroundings.screen ?? screenOn(process.stdout, process.stderr, env);
  const result = { code: EXIT.ok as number };
  try {
    if (argv.length === 0) return welcome(screen);
    const context = { screen, env, cwd: surroundings.cwd ?? process.cwd() };
    await program(context, result).parseAsync([...argv], { from: 'user' });
    return result.code;
  } catch (error) {
    return tell(error, screen, env);
  }
}

function tell(error: unknown, screen: Screen, env: NodeJS.ProcessEnv): number {
  // commander has said what is wrong with the command line (or shown the help) already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const message = error instanceof Error ? error.message : String(error);
  screen.err(`${screen.paint('red', 'hop:')} ${message}`);
  if (error instanceof Failure) {
    if (error.next !== undefined) screen.err(`     ${error.next}`);
    return error.code;
  }
  if (error instanceof TargetError) {
    const lacks = error.code === 'unavailable';
    if (lacks) screen.err('     `hop doctor` looks at everything that the course needs, and says how to get it.');
    return lacks ? EXIT.missing : EXIT.wrong;
  }
  screen.err('     This should not have happened. HOP_DEBUG=1 shows where it did.');
  if (env.HOP_DEBUG && error instanceof Error) screen.err(error.stack);
  return EXIT.wrong;
}
