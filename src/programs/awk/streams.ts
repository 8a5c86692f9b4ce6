import { LinuxError } from '../../linux/errno.ts';
import { openReader, openWriter } from '../../linux/process/open.ts';
import { Pipe } from '../../linux/process/pipe.ts';
import type { Child, Process, Reader, Writer } from '../../linux/process/process.ts';
import type { Redirect } from './ast.ts';
import type { Regexes } from './record.ts';
import { RecordReader } from './record-reader.ts';

interface Output {
  readonly writer: Writer;
  readonly child?: Child;
}
interface Input {
  readonly records: RecordReader;
  readonly reader: Reader;
  readonly child?: Child;
}

/** The files and commands that a program has opened by name; `close` closes them. */
export class Streams {
  readonly #process: Process;
  readonly #regexes: Regexes;
  readonly #outputs = new Map<string, Output>();
  readonly #inputs = new Map<string, Input>();

  constructor(process: Process, regexes: Regexes) {
    this.#process = process;
    this.#regexes = regexes;
  }

  /** Throws what opening the file throws. */
  output(kind: Redirect['kind'], name: string): Writer {
    const old = this.#outputs.get(name);
    if (old !== undefined) return old.writer;
    const output = kind === '|' ? this.#pipeTo(name) : { writer: this.#file(name, kind === '>>') };
    this.#outputs.set(name, output);
    return output.writer;
  }

  #file(name: string, append: boolean): Writer {
    if (name === '/dev/stdout' || name === '-') return this.#process.stdout;
    return openWriter(this.#process, name, { append });
  }

  #pipeTo(command: string): Output {
    const pipe = new Pipe(this.#process.clock);
    const child = this.#process.spawn({ argv: ['sh', '-c', command], stdin: pipe.reader });
    pipe.reader.close?.();
    return { writer: pipe.writer, child };
  }

  /** undefined where a file can't be opened. */
  input(kind: 'file' | 'command', name: string): RecordReader | undefined {
    const old = this.#inputs.get(name);
    if (old !== undefined) return old.records;
    const { ended } = this.#process.signals;
    if (kind === 'command') {
      const pipe = new Pipe(this.#process.clock);
      const child = this.#process.spawn({ argv: ['sh', '-c', name], stdout: pipe.writer });
      pipe.writer.close?.();
      const records = new RecordReader(pipe.reader, ended, this.#regexes);
      this.#inputs.set(name, { records, reader: pipe.reader, child });
      return records;
    }
    try {
      const reader = name === '-' ? this.#process.stdin : openReader(this.#process, name);
      const records = new RecordReader(reader, ended, this.#regexes);
      this.#inputs.set(name, { records, reader });
      return records;
    } catch (error) {
      if (error instanceof LinuxError) return undefined;
      throw error;
    }
  }

  /** @returns the status of a command, 0 for a file, -1 when nothing is open by that name */
  async close(name: string): Promise<number> {
    const output = this.#outputs.get(name);
    const input = this.#inputs.get(name);
    this.#outputs.delete(name);
    this.#inputs.delete(name);
    if (output?.child !== undefined) {
      output.writer.close?.();
      return output.child.exit;
    }
    if (input?.child !== undefined) {
      input.reader.close?.();
      return input.child.exit;
    }
    return output === undefined && input === undefined ? -1 : 0;
  }

  async closeAll(): Promise<void> {
    for (const name of [...this.#outputs.keys(), ...this.#inputs.keys()]) await this.close(name);
  }
}
