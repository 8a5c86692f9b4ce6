import { NetworkNamespace } from '../../linux/namespace.ts';
import { NetlinkError } from '../../linux/netlink-error.ts';
import type { Process, Program } from '../../linux/process/process.ts';
import { Arguments, IpError, NotModelled, notModelled } from './arguments.ts';
import type { IpCommand, IpContext, IpOptions } from './context.ts';
import { type Keywords, meant, UNMODELLED } from './keywords.ts';
import { FileNames } from './names.ts';
import type { Call, Option } from './options.ts';

/** One of iproute2's tools (`ip`, `bridge`, `tc`), as data. */
interface Tool {
  readonly name: string;
  /** In the tool's own order, which decides what an abbreviation means. */
  readonly options: Keywords<Option | typeof UNMODELLED>;
  /** Whether `--stats` is another way to write `-stats`, and `--` ends the options. */
  readonly doubleDash: boolean;
  /** Options that are no abbreviation of any of these: `-4`, `-color=always`. @returns whether it is one */
  readonly otherOption?: (option: string, call: Call) => boolean;
  readonly objects: Keywords<IpCommand | typeof UNMODELLED>;
  /** What `-color` does to the finished text of an object. */
  readonly painter?: (object: string, options: Readonly<IpOptions>) => ((text: string) => string) | undefined;
  /** What it does without an object. */
  readonly alone: IpCommand;
  /** What an unknown option's refusal advises: `ip -help`. */
  readonly advice: string;
  /** The exit status of what goes wrong. */
  readonly status: {
    readonly unknownObject: number;
    /** What the kernel refuses. */
    readonly refused: number;
    readonly notModelled: number;
  };
}

/** Makes the program out of its description. */
export function iproute2(tool: Tool): Program {
  return async (process) => {
    try {
      return await run(tool, process);
    } catch (error) {
      const told = refusal(tool, error);
      if (told === undefined) throw error;
      await process.stderr.write(`${told.message}\n`);
      return told.status;
    }
  };
}

/** How the tool tells what went wrong; undefined: it is no refusal. */
function refusal({ name, status }: Tool, error: unknown): { message: string; status: number } | undefined {
  if (error instanceof IpError) return error;
  if (error instanceof NotModelled) return { message: `${name}: ${error.message}`, status: status.notModelled };
  if (!(error instanceof NetlinkError)) return undefined;
  const { extack, message } = error;
  return {
    message: extack === undefined ? `RTNETLINK answers: ${message}` : `Error: ${extack}`,
    status: status.refused,
  };
}

async function run(tool: Tool, process: Process): Promise<number> {
  const { name, objects, alone } = tool;
  if (!(process.netns instanceof NetworkNamespace)) throw new TypeError(`${name} needs a simulated network namespace`);
  const call: Call = {
    process,
    netns: process.netns,
    options: { brief: false, details: false, statistics: 0, json: false, pretty: false, oneline: false },
    args: new Arguments(process.argv.slice(1)),
    names: new FileNames(process),
  };
  const ended = await takeOptions(tool, call);
  if (ended !== undefined) return ended;
  const context: IpContext = call;
  if (!call.args.more) return alone(context);
  const typed = call.args.next();
  const found = meant(typed, objects);
  if (found === undefined) {
    throw new IpError(`Object "${typed}" is unknown, try "${name} help".`, tool.status.unknownObject);
  }
  const [object, command] = found;
  if (command === UNMODELLED) throw notModelled(`"${name} ${object}"`);
  const paint = call.options.colour === true && !call.options.json ? tool.painter?.(object, call.options) : undefined;
  if (paint !== undefined) call.paint = paint;
  return command(context);
}

/** @returns the exit status, if an option (`-Version`) is all that was asked for */
async function takeOptions(
  { options, otherOption, doubleDash, advice }: Tool,
  call: Call,
): Promise<number | undefined> {
  const { args } = call;
  while (args.rest[0]?.startsWith('-') === true) {
    const word = args.next();
    const option = doubleDash && word.startsWith('--') ? word.slice(1) : word;
    if (doubleDash && option === '-') return undefined;
    if (otherOption?.(option, call) === true) continue;
    const found = meant(option, options);
    if (found === undefined) throw new IpError(`Option "${option}" is unknown, try "${advice}".`, 255);
    const [name, take] = found;
    if (take === UNMODELLED) throw notModelled(`option ${name}`);
    const ended = await take(call);
    if (ended !== undefined) return ended;
  }
  return undefined;
}
