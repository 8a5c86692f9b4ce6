import { emptyReader } from '../linux/process/streams.ts';
import { readText } from './gnu/input.ts';
import { gnu, Misuse } from './gnu/options.ts';
import { cannotRun } from './gnu/run.ts';

export const xargs = gnu(
  {
    name: 'xargs',
    usage: '[OPTION]... COMMAND [INITIAL-ARGS]...',
    does: 'Run COMMAND with arguments INITIAL-ARGS and more arguments read from input.',
    options: [
      { short: 'n', long: 'max-args', value: 'required' },
      { short: 'I', long: 'replace', value: 'required' },
      { short: 'r', long: 'no-run-if-empty' },
      { short: '0', long: 'null' },
      { short: 't', long: 'verbose' },
      { short: 'd', long: 'delimiter', value: 'required' },
    ],
    stopAtOperand: true,
  },
  async (process, parsed) => {
    const text = await readText(process, process.stdin);
    const replace = parsed.value('replace');
    const delimiter = parsed.has('null') ? '\0' : parsed.value('delimiter')?.replace('\\n', '\n');
    const items = split(text, delimiter, replace !== undefined);
    const most = Number(parsed.value('max-args') ?? 1_000_000);
    if (!Number.isInteger(most) || most < 1)
      throw new Misuse(`value ${parsed.value('max-args')} for -n option should be >= 1`);
    const command = parsed.operands.length === 0 ? ['echo'] : parsed.operands;
    const calls: string[][] = [];
    if (replace !== undefined)
      calls.push(...items.map((item) => command.map((word) => word.replaceAll(replace, item))));
    else for (let i = 0; i < items.length; i += most) calls.push([...command, ...items.slice(i, i + most)]);
    if (items.length === 0 && replace === undefined && !parsed.has('no-run-if-empty')) calls.push([...command]);
    let failed = false;
    for (const argv of calls) {
      if (parsed.has('verbose')) await process.stderr.write(`${argv.join(' ')}\n`);
      const failure = cannotRun(process, argv[0] as string);
      if (failure !== undefined) {
        await process.stderr.write(`xargs: ${argv[0]}: ${failure.reason}\n`);
        return failure.status;
      }
      const status = await process.spawn({ argv, stdin: emptyReader }).exit;
      if (status === 255 || status > 125) return status === 255 ? 124 : status;
      failed ||= status !== 0;
    }
    return failed ? 123 : 0;
  },
);

/** Words as xargs reads them: quotes and backslashes protect blanks; whole lines for `-I`. */
function split(text: string, delimiter: string | undefined, byLine: boolean): readonly string[] {
  if (delimiter !== undefined)
    return text
      .replace(new RegExp(`${delimiter}$`), '')
      .split(delimiter)
      .filter((item) => item !== '');
  if (byLine)
    return text
      .split('\n')
      .map((line) => line.trimStart())
      .filter((line) => line !== '');
  const words = text.match(/(?:\\.|"[^"]*"|'[^']*'|[^\s\\"'])+/g) ?? [];
  return words.map((word) => word.replace(/\\(.)|"([^"]*)"|'([^']*)'/g, (_, one, two, three) => one ?? two ?? three));
}
