import { LinuxError } from '../../linux/errno.ts';
import { NetworkNamespace } from '../../linux/namespace.ts';
import {
  runSetCommand,
  type SetAnswer,
  type SetFormat,
  setCommandName,
} from '../../linux/netfilter/ipset/set-command.ts';
import { SetProblem } from '../../linux/netfilter/ipset/set-problem.ts';
import { setTypes } from '../../linux/netfilter/ipset/set-type.ts';
import { openReader } from '../../linux/process/open.ts';
import type { Process, Program } from '../../linux/process/process.ts';
import { concatenate } from '../../linux/process/streams.ts';
import { USAGE } from './usage.ts';

const VERSION = 'v7.17';
const HINT = "Try `ipset help' for more information.\n";

interface Line {
  readonly command: string | undefined;
  readonly words: readonly string[];
  readonly format: SetFormat;
  readonly file: string | undefined;
}

/** ipset(8), as version 7.17 (Debian 12). */
export const ipset: Program = async (process) => {
  if (!(process.netns instanceof NetworkNamespace)) throw new TypeError('ipset needs a simulated network namespace');
  let quiet = false;
  try {
    const line = readLine(process.argv.slice(1));
    quiet = line.format.quiet;
    if (line.command === 'restore') return await restore(process, line);
    const answer = run(process, line);
    if (answer.stdout !== '') await process.stdout.write(answer.stdout);
    if (answer.stderr !== '' && !quiet) await process.stderr.write(answer.stderr);
    return answer.status;
  } catch (error) {
    if (!(error instanceof SetProblem)) throw error;
    if (!quiet) await process.stderr.write(problemText(error));
    return error.status;
  }
};

function problemText(error: SetProblem, line?: number): string {
  const where = line === undefined || error.status === 2 ? '' : `Error in line ${line}: `;
  return `ipset ${VERSION}: ${where}${error.message}\n${error.status === 2 ? HINT : ''}`;
}

function run({ netns }: Process, { command, words, format }: Line): SetAnswer {
  switch (command) {
    case undefined: {
      const [word] = words;
      throw new SetProblem(`No command specified${word === undefined ? '.' : `: unknown argument ${word}`}`, 2);
    }
    case 'version':
      return { stdout: `ipset ${VERSION}, protocol version: 7\n`, stderr: '', status: 0 };
    case 'help': {
      const types = setTypes.map(({ name, summary }) => `    ${name}\t${summary}\n`).join('');
      return { stdout: `ipset ${VERSION}\n\n${USAGE}\nSet types in this simulation:\n${types}`, stderr: '', status: 0 };
    }
    case 'quit':
      return { stdout: '', stderr: '', status: 0 };
    default:
      return runSetCommand((netns as NetworkNamespace).stack, command, words, format);
  }
}

/** Options may stand anywhere; the command is the first word that is none. */
function readLine(argv: readonly string[]): Line {
  const given = { exist: false, quiet: false, sorted: false, namesOnly: false, headersOnly: false };
  let output: SetFormat['output'] = 'plain';
  let file: string | undefined;
  const rest = [...argv];
  const words: string[] = [];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '-exist' || word === '-!') given.exist = true;
    else if (word === '-q' || word === '-quiet') given.quiet = true;
    else if (word === '-s' || word === '-sorted') given.sorted = true;
    else if (word === '-n' || word === '-name') given.namesOnly = true;
    else if (word === '-t' || word === '-terse') given.headersOnly = true;
    else if (word === '-r' || word === '-resolve') throw new SetProblem('-resolve is not modelled in this simulation');
    else if (word === '-o' || word === '-output' || word === '-f' || word === '-file') {
      const value = rest.shift();
      if (value === undefined) throw new SetProblem(`Missing mandatory argument to option ${word}`, 2);
      if (word.startsWith('-f')) file = value;
      else if (value === 'plain' || value === 'save') output = value;
      else if (value === 'xml' || value === 'json') {
        throw new SetProblem(`output mode '${value}' is not modelled in this simulation`);
      } else throw new SetProblem(`Syntax error: unknown output mode '${value}'`);
    } else words.push(word);
  }
  const command = words[0] === undefined ? undefined : setCommandName(words[0]);
  return { command, words: command === undefined ? words : words.slice(1), format: { ...given, output }, file };
}

/** Line by line; what came before a wrong one stays. */
async function restore(process: Process, { words, format, file }: Line): Promise<number> {
  if (words[0] !== undefined) throw new SetProblem(`Unknown argument ${words[0]}`, 2);
  let text: string;
  try {
    text = await readAll(process, file);
  } catch (error) {
    if (error instanceof LinuxError) return 255;
    throw error;
  }
  let number = 0;
  for (const line of text.split('\n')) {
    number++;
    const trimmed = line.trimStart();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    if (trimmed.startsWith('COMMIT')) continue;
    try {
      const read = readLine(splitWords(trimmed));
      if (read.command === 'quit') return 0;
      const answer = run(process, { ...read, format: { ...read.format, exist: format.exist || read.format.exist } });
      if (answer.stdout !== '') await process.stdout.write(answer.stdout);
    } catch (error) {
      if (!(error instanceof SetProblem)) throw error;
      if (!format.quiet) await process.stderr.write(problemText(error, number));
      return error.status;
    }
  }
  return 0;
}

/** Blanks part words; `"` holds them together. */
function splitWords(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

async function readAll(process: Process, path: string | undefined): Promise<string> {
  const reader = path === undefined ? process.stdin : openReader(process, path);
  const chunks: Uint8Array[] = [];
  for (;;) {
    const chunk = await reader.read(process.signals.ended);
    if (chunk === undefined) return new TextDecoder().decode(concatenate(chunks));
    chunks.push(chunk);
  }
}
