import { LinuxError, strerror } from '../../linux/errno.ts';
import { resolvePath } from '../../linux/files/path.ts';
import type { Process } from '../../linux/process/process.ts';
import { CurlFailure } from './failure.ts';

/** Where the body goes: stdout, or a file that is made at the first byte. */
export class Output {
  readonly #process: Process;
  readonly #file: string | undefined;
  #begun = false;

  constructor(process: Process, file: string | undefined) {
    this.#process = process;
    this.#file = file;
  }

  async write(data: Uint8Array | string): Promise<void> {
    const { files, cwd, stdout } = this.#process;
    if (this.#file === undefined) {
      await stdout.write(data);
      return;
    }
    try {
      files.write(resolvePath(cwd, this.#file), data, { append: this.#begun });
      this.#begun = true;
    } catch (error) {
      if (!(error instanceof LinuxError)) throw error;
      throw new CurlFailure(23, `Failure writing output to destination (${this.#file}: ${strerror[error.errno]})`);
    }
  }

  /** An empty answer makes an empty file. */
  async finish(): Promise<void> {
    if (this.#file !== undefined && !this.#begun) await this.write('');
  }
}
