import { LinuxError } from '../../linux/errno.ts';
import type { Process } from '../../linux/process/process.ts';
import { readAllText } from '../../linux/process/streams.ts';
import { openInput } from '../gnu/input.ts';
import { gnu, Misuse } from '../gnu/options.ts';
import { Interpreter } from './interpreter.ts';
import { decodeString } from './lexer.ts';
import { parseProgram } from './parser.ts';
import { InputText } from './value.ts';

/** awk as POSIX describes it; messages are mawk's, which is Debian's awk. */
export const awk = gnu(
  {
    name: 'awk',
    usage: "[-F fs] [-v var=value] ['program' | -f progfile] [file ...]",
    does: 'Scan each file for patterns, and act where they match.',
    options: [
      { short: 'F', long: 'field-separator', value: 'required' },
      { short: 'v', long: 'assign', value: 'required' },
      { short: 'f', long: 'file', value: 'required' },
    ],
    misuse: 2,
    stopAtOperand: true,
  },
  async (process, parsed) => {
    const operands = [...parsed.operands];
    const files = parsed.values('file');
    const source = files.length > 0 ? await readPrograms(process, files) : operands.shift();
    if (source === undefined) throw new Misuse("name a program, as in: awk '{print $1}' FILE");
    const interpreter = new Interpreter(process, parseProgram(source), operands);
    const separator = parsed.value('field-separator');
    if (separator !== undefined) interpreter.setVariable('FS', separator === 't' ? '\t' : decodeString(separator));
    for (const assignment of parsed.values('assign')) {
      const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(assignment);
      if (match === null) throw new Misuse(`improper assignment: -v ${assignment}`, { hint: false });
      interpreter.setVariable(match[1] as string, new InputText(decodeString(match[2] as string)));
    }
    return interpreter.run();
  },
);

async function readPrograms(process: Process, names: readonly string[]): Promise<string> {
  const texts: string[] = [];
  for (const name of names) {
    try {
      texts.push(await readAllText(openInput(process, name), process.signals.ended));
    } catch (error) {
      if (!(error instanceof LinuxError)) throw error;
      throw new Misuse(`cannot open ${name} (${new LinuxError(error.errno).message})`, { hint: false });
    }
  }
  return texts.join('\n');
}
