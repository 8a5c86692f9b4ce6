import { IpError, notModelled } from './arguments.ts';
import type { IpCommand } from './context.ts';
import { type Keywords, meant, UNMODELLED } from './keywords.ts';

/** What may follow an object (`ip route`), as data. */
interface Commands {
  /** As messages call it: `ip route`. */
  readonly name: string;
  /** What it does without a word. */
  readonly alone: IpCommand;
  /** In iproute2's order, which decides what an abbreviation means. */
  readonly words: Keywords<IpCommand | typeof UNMODELLED>;
}

/** Makes an object's command out of what may follow it. */
export function commands({ name, alone, words }: Commands): IpCommand {
  return async (context) => {
    const { args } = context;
    if (!args.more) return alone(context);
    const typed = args.next();
    const found = meant(typed, words);
    if (found === undefined) throw new IpError(`Command "${typed}" is unknown, try "${name} help".`, 255);
    const [word, command] = found;
    if (command === UNMODELLED) throw notModelled(`"${name} ${word}"`);
    return command(context);
  };
}

/** `help`, as most of iproute2 gives it: to stderr, as if the call were wrong. */
export function showUsage(usage: string): IpCommand {
  return async () => {
    throw new IpError(usage, 255);
  };
}

/** An object that only IPv4 has here: with `-6` it is there and empty. */
export function ofIpv4(command: IpCommand): IpCommand {
  return async (context) => (context.options.family === 'inet6' ? 0 : command(context));
}
