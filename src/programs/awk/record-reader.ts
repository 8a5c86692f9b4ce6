import { LinuxError } from '../../linux/errno.ts';
import type { Reader } from '../../linux/process/process.ts';
import type { Regexes } from './record.ts';

/** Characters that one record may have. */
const RECORD_LIMIT = 16 * 1024 * 1024;

/** Cuts an input into records as RS says. */
export class RecordReader {
  readonly #reader: Reader;
  readonly #signal: AbortSignal;
  readonly #regexes: Regexes;
  readonly #decoder = new TextDecoder();
  #rest = '';
  #ended = false;

  constructor(reader: Reader, signal: AbortSignal, regexes: Regexes) {
    this.#reader = reader;
    this.#signal = signal;
    this.#regexes = regexes;
  }

  async next(rs: string): Promise<string | undefined> {
    for (;;) {
      const cut = this.#cut(rs);
      if (cut !== undefined) return cut;
      if (this.#ended) {
        const last =
          rs === '' ? this.#rest.replace(/\n+$/, '') : rs === '\n' ? this.#rest : this.#rest.replace(/\n$/, '');
        this.#rest = '';
        return last === '' ? undefined : last;
      }
      const chunk = await this.#reader.read(this.#signal);
      this.#ended = chunk === undefined;
      this.#rest += chunk === undefined ? this.#decoder.decode() : this.#decoder.decode(chunk, { stream: true });
      if (this.#rest.length > RECORD_LIMIT) throw new LinuxError('ENOMEM');
    }
  }

  #cut(rs: string): string | undefined {
    if (rs === '') {
      this.#rest = this.#rest.replace(/^\n+/, '');
      const blank = /\n\n+(?=[^\n])/.exec(this.#rest);
      if (blank === null) return undefined;
      return this.#take(blank.index, blank[0].length);
    }
    if (rs.length === 1) {
      const at = this.#rest.indexOf(rs);
      return at < 0 ? undefined : this.#take(at, 1);
    }
    const match = this.#regexes.get(rs).exec(this.#rest);
    if (match === null || match[0] === '' || (!this.#ended && match.index + match[0].length === this.#rest.length))
      return undefined;
    return this.#take(match.index, match[0].length);
  }

  #take(end: number, separator: number): string {
    const record = this.#rest.slice(0, end);
    this.#rest = this.#rest.slice(end + separator);
    return record;
  }
}
