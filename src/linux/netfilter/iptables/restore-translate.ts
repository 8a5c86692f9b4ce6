import type { Stack } from '../../ip/stack.ts';
import { parseCommand } from './parse.ts';
import { Problem, problemText } from './problem.ts';
import { splitLine } from './restore.ts';
import { isTableName, type TableName } from './table-name.ts';
import { emptyTable } from './tables.ts';
import { translateCommand } from './translate.ts';

/** The real one calls itself so. */
const PROGRAM = 'iptables-translate-restore';

const PRIORITIES: Readonly<Record<TableName, number>> = { raw: -300, mangle: -150, filter: 0, security: 0, nat: 100 };

interface Translation {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A file of iptables-save in nft's language, line by line; it ends where a line can't be read. `date`: ctime(3)'s. */
export function translateRestore(stack: Stack, file: string, date: string): Translation {
  let stdout = `# Translated by iptables-restore-translate v1.8.9 on ${date}\n`;
  let stderr = '';
  let table: TableName | undefined;
  let number = 0;
  const lines = file.split('\n');
  if (lines.at(-1) === '') lines.pop();
  try {
    for (const line of lines) {
      number++;
      if (line === '' || line.startsWith('#')) continue;
      if (table === undefined && line.startsWith('*')) {
        table = tableOf(line, number);
        stdout += `add table ip ${table}\n`;
      } else if (table !== undefined && line === 'COMMIT') table = undefined;
      else if (table !== undefined && line.startsWith(':')) stdout += chainLine(table, line, number);
      else {
        const told = table === undefined ? undefined : commandLine(stack, table, line, (text) => (stderr += text));
        if (told === undefined) {
          stderr += `${PROGRAM}: line ${number} failed\n`;
          return { status: 1, stdout, stderr };
        }
        stdout += told;
      }
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { status: error.status, stdout, stderr: stderr + problemText(error, PROGRAM, number) };
  }
  return { status: 0, stdout: `${stdout}# Completed on ${date}\n`, stderr };
}

function tableOf(line: string, number: number): TableName {
  const [name = ''] = line.slice(1).split(/[ \t]/);
  if (!isTableName(name)) throw new Problem(`${PROGRAM}: line ${number} table name '${name}' invalid`);
  return name;
}

function chainLine(table: TableName, line: string, number: number): string {
  const [chain, policy] = line.slice(1).split(/[ \t]+/);
  if (chain === undefined || chain === '') throw new Problem(`${PROGRAM}: line ${number} chain name invalid`);
  if (policy === undefined || policy === '') throw new Problem(`${PROGRAM}: line ${number} policy invalid`);
  const hook = emptyTable(table).chains.get(chain)?.hook;
  if (hook === undefined) return `add chain ip ${table} ${chain}\n`;
  const type = table === 'nat' ? 'nat' : table === 'mangle' && hook === 'output' ? 'route' : 'filter';
  const first = table === 'nat' && (hook === 'prerouting' || hook === 'output');
  const priority = first ? -100 : PRIORITIES[table];
  const known = policy === 'ACCEPT' || policy === 'DROP' ? `policy ${policy.toLowerCase()}; ` : '';
  return `add chain ip ${table} ${chain} { type ${type} hook ${hook} priority ${priority}; ${known}}\n`;
}

/** undefined: there is no translation of such a command. */
function commandLine(stack: Stack, table: TableName, line: string, warn: (text: string) => void): string | undefined {
  const words = splitLine(line.replace(/^\[[^\]]*\]/, ''));
  const command = parseCommand(words, { stack }, PROGRAM, warn, table);
  if ('answer' in command) return command.answer;
  const { text, done } = translateCommand(command, ['-t', table, ...words], 'file');
  return done ? text : undefined;
}
