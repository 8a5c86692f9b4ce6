import type { Process, Program } from '../../../linux/process/process.ts';
import { connect } from './connect.ts';
import { UsageError } from './flags.ts';
import { netexec } from './netexec.ts';
import { pause } from './pause.ts';
import { serveHostname } from './serve-hostname.ts';

interface Command {
  readonly about: string;
  run(process: Process, words: readonly string[]): Promise<number>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  connect: { about: 'Attempts a TCP or UDP connection and returns useful errors', run: connect },
  help: { about: 'Help about any command', run: help },
  netexec: { about: 'Creates HTTP and UDP servers with various endpoints', run: netexec },
  pause: { about: 'Pauses the execution', run: pause },
  'serve-hostname': { about: 'Serves the hostname', run: serveHostname },
};

/** The server image of Kubernetes' own tests, with those of its commands that the course uses. */
export const agnhost: Program = async (process) => {
  const [name = 'help', ...words] = process.argv.slice(1);
  if (name === '--help' || name === '-h') return help(process);
  if (name === '--version') {
    await process.stdout.write('app version 2.56\n');
    return 0;
  }
  const command = COMMANDS[name];
  try {
    if (command === undefined) throw new UsageError(`unknown command "${name}" for "app"`);
    return await command.run(process, words);
  } catch (failure) {
    if (!(failure instanceof UsageError)) throw failure;
    await process.stderr.write(`Error: ${failure.message}\nRun 'app --help' for usage.\n`);
    return 1;
  }
};

async function help(process: Process): Promise<number> {
  const lines = Object.entries(COMMANDS).map(([name, { about }]) => `  ${name.padEnd(16)} ${about}`);
  await process.stdout.write(
    `Usage:\n  app [command]\n\nAvailable Commands (others of agnhost 2.56 are not modelled):\n${lines.join('\n')}\n`,
  );
  return 0;
}
