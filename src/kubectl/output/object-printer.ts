import type { Session } from '../session.ts';
import type { OutputFormat } from './format.ts';
import { type Printable, printResult } from './print.ts';

/** Prints the objects that a verb changed, one after another: YAML documents are parted by `---`. */
export class ObjectPrinter {
  readonly #session: Session;
  readonly #format: OutputFormat;
  readonly #managedFields: boolean;
  #printed = 0;

  constructor(session: Session, format: OutputFormat, managedFields: boolean) {
    this.#session = session;
    this.#format = format;
    this.#managedFields = managedFields;
  }

  async print(result: Printable, done: string): Promise<void> {
    if (this.#printed++ > 0 && this.#format.kind === 'yaml') await this.#session.out('---\n');
    await printResult(this.#session, this.#format, result, done, { managedFields: this.#managedFields });
  }
}
