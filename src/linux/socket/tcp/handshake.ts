import type { Milliseconds } from '../../../simulation/clock.ts';
import type { Stack } from '../../ip/stack.ts';
import { INITIAL_TIMEOUT } from './round-trip.ts';

/** How often, and how long apart, a SYN or SYN+ACK goes out. */
export class Handshake {
  /** Repetitions so far. */
  tries = 0;
  readonly #stack: Stack;
  readonly #started: Milliseconds;

  constructor(stack: Stack) {
    this.#stack = stack;
    this.#started = stack.clock.now();
  }

  /** May it go out once more? `client`: it is a SYN. */
  again(client: boolean): boolean {
    const retries = client ? 'net.ipv4.tcp_syn_retries' : 'net.ipv4.tcp_synack_retries';
    if (this.tries >= this.#linear(client) + this.#stack.sysctl.number(retries)) return false;
    this.tries++;
    return true;
  }

  timeout(client: boolean): Milliseconds {
    return INITIAL_TIMEOUT * 2 ** Math.max(0, this.tries - this.#linear(client));
  }

  /** How long the answer took; `undefined` when it isn't known which one was answered (Karn). */
  get roundTrip(): Milliseconds | undefined {
    return this.tries === 0 ? this.#stack.clock.now() - this.#started : undefined;
  }

  /** Since Linux 6.5 the first SYNs go out a second apart, and only then ever less often. */
  #linear(client: boolean): number {
    return client ? this.#stack.sysctl.number('net.ipv4.tcp_syn_linear_timeouts') : 0;
  }
}
