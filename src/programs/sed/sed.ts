import { LinuxError, strerror } from '../../linux/errno.ts';
import { resolvePath } from '../../linux/files/path.ts';
import type { Process } from '../../linux/process/process.ts';
import { lines, openInput } from '../gnu/input.ts';
import { gnu, Misuse } from '../gnu/options.ts';
import { type LineSource, Sed } from './run.ts';
import { parseScript } from './script.ts';

export const sed = gnu(
  {
    name: 'sed',
    usage: '[OPTION]... {script-only-if-no-other-script} [input-file]...',
    does: 'Edit lines as they pass.',
    options: [
      { short: 'n', long: 'quiet' },
      { long: 'silent' },
      { short: 'e', long: 'expression', value: 'required' },
      { short: 'f', long: 'file', value: 'required' },
      { short: 'E', long: 'regexp-extended' },
      { short: 'r' },
      { short: 'i', long: 'in-place', value: 'optional' },
      { short: 's', long: 'separate' },
      { short: 'u', long: 'unbuffered' },
    ],
  },
  async (process, parsed) => {
    const { operands } = parsed;
    const scripts = [...parsed.values('expression'), ...parsed.values('file').map((name) => readScript(process, name))];
    const names = [...operands];
    if (scripts.length === 0) {
      const first = names.shift();
      if (first === undefined) {
        await process.stderr.write('Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n');
        return 1;
      }
      scripts.push(first);
    }
    const commands = parseScript(scripts.join('\n'), parsed.has('regexp-extended') || parsed.has('r'));
    const quiet = parsed.has('quiet') || parsed.has('silent');
    const suffix = parsed.value('in-place');
    let status = 0;
    const complain = async (name: string, error: LinuxError) => {
      const reason =
        error.errno === 'EISDIR'
          ? `couldn't edit ${name}: not a regular file`
          : `can't read ${name}: ${strerror[error.errno]}`;
      await process.stderr.write(
        error.errno === 'EISDIR' && suffix === undefined
          ? `sed: read error on ${name}: ${strerror.EISDIR}\n`
          : `sed: ${reason}\n`,
      );
      status = suffix !== undefined && error.errno === 'EISDIR' ? 4 : 2;
    };
    if (suffix === undefined) {
      const run = new Sed(process, commands, { quiet, write: (text) => process.stdout.write(text) });
      const groups = parsed.has('separate') ? names.map((name) => [name]) : [names.length === 0 ? ['-'] : names];
      for (const group of groups.length === 0 ? [['-']] : groups) {
        if (run.quit === undefined) await run.run(new Input(process, group, complain), parsed.has('separate'));
      }
      return run.quit ?? status;
    }
    for (const name of names) {
      const path = resolvePath(process.cwd, name);
      try {
        const before = process.files.read(path);
        const out: string[] = [];
        const run = new Sed(process, commands, {
          quiet,
          write: async (text) => {
            out.push(text);
          },
        });
        const source = new Input(process, [name], complain);
        await run.run(source, true);
        // After `q` the rest of the file stays as it is.
        if (run.quit !== undefined) out.push(await source.rest());
        if (suffix !== '')
          process.files.write(
            suffix.includes('*') ? path.replace(/[^/]*$/, (base) => suffix.replaceAll('*', base)) : path + suffix,
            before,
          );
        process.files.write(path, out.join(''));
        if (run.quit !== undefined) return run.quit;
      } catch (error) {
        if (!(error instanceof LinuxError)) throw error;
        await complain(name, error);
      }
    }
    return status;
  },
);

function readScript(process: Process, name: string): string {
  try {
    return process.files.readText(resolvePath(process.cwd, name)).replace(/\n$/, '');
  } catch (error) {
    if (!(error instanceof LinuxError)) throw error;
    throw new Misuse(`couldn't open file ${name}: ${strerror[error.errno]}`, { status: 1, hint: false });
  }
}

type Line = { readonly text: string; readonly complete: boolean };

/** The lines of files one after the other; looks a line ahead only when somebody asks for the last one. */
class Input implements LineSource {
  readonly #process: Process;
  readonly #names: string[];
  readonly #complain: (name: string, error: LinuxError) => Promise<void>;
  #open: AsyncGenerator<Line, void> | undefined;
  #name = '';
  #ahead: Line | undefined;

  constructor(
    process: Process,
    names: readonly string[],
    complain: (name: string, error: LinuxError) => Promise<void>,
  ) {
    this.#process = process;
    this.#names = [...names];
    this.#complain = complain;
  }

  async next(): Promise<Line | undefined> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    if (ahead !== undefined) return ahead;
    const line = await this.#read();
    // A file without a newline at its end is followed by one, unless it is the last.
    if (line !== undefined && !line.complete && this.#names.length > 0) {
      this.#ahead = await this.#read();
      if (this.#ahead !== undefined) return { text: line.text, complete: true };
    }
    return line;
  }

  async isLast(): Promise<boolean> {
    this.#ahead ??= await this.#read();
    return this.#ahead === undefined;
  }

  async rest(): Promise<string> {
    let text = '';
    for (let line = await this.next(); line !== undefined; line = await this.next())
      text += line.complete ? `${line.text}\n` : line.text;
    return text;
  }

  async #read(): Promise<Line | undefined> {
    for (;;) {
      try {
        if (this.#open === undefined) {
          const name = this.#names.shift();
          if (name === undefined) return undefined;
          this.#name = name;
          const path = resolvePath(this.#process.cwd, name);
          if (name !== '-' && this.#process.files.stat(path).type === 'directory') throw new LinuxError('EISDIR');
          this.#open = lines(this.#process, openInput(this.#process, name));
        }
        const { value, done } = await this.#open.next();
        if (!done) return value;
        this.#open = undefined;
      } catch (error) {
        if (!(error instanceof LinuxError)) throw error;
        this.#open = undefined;
        await this.#complain(this.#name, error);
      }
    }
  }
}
