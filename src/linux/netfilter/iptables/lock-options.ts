import { Problem } from './problem.ts';
import type { Words } from './words.ts';

/** `-w` and `-W`: how long to wait for the lock, which iptables-nft has no use for and still reads. */
export class LockOptions {
  readonly #restoring: boolean;
  readonly #warn: (text: string) => void;
  #wait = false;
  #interval = false;

  /** `restoring`: in a restore file they have no place. */
  constructor(restoring: boolean, warn: (text: string) => void) {
    this.#restoring = restoring;
    this.#warn = warn;
  }

  take(id: 'w' | 'W', argument: string | undefined, words: Words<unknown>): void {
    if (this.#restoring) throw new Problem(`You cannot use \`-${id}' from iptables-restore`);
    const text = argument ?? words.takeArgument();
    if (id === 'w') {
      if (text !== undefined && !/^\s*[-+]?\d/.test(text)) throw new Problem('wait seconds not numeric');
      this.#wait = text === undefined || Number.parseInt(text, 10) !== 0;
      return;
    }
    if (text === undefined) throw new Problem('wait interval value required');
    if (!/^\s*\d/.test(text)) throw new Problem('wait interval not numeric');
    if (Number.parseInt(text, 10) > 999999) throw new Problem(`too long usec wait ${text} > 999999 usec`);
    this.#interval = true;
    this.#warn('Ignoring deprecated --wait-interval option.\n');
  }

  check(): void {
    if (!this.#wait && this.#interval) throw new Problem('--wait-interval only makes sense with --wait\n');
  }
}
