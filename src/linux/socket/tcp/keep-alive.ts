import type { Milliseconds, Timer } from '../../../simulation/clock.ts';
import type { Stack } from '../../ip/stack.ts';
import type { KeepAliveOptions } from '../socket.ts';

interface KeepAliveActions {
  /** When something last came from the peer. */
  heard(): Milliseconds;
  probe(): unknown;
  /** Nobody answered. */
  dead(): void;
}

/** SO_KEEPALIVE: asks a silent peer whether it still is there (RFC 9293, 3.8.4; tcp_keepalive_timer). */
export class KeepAlive {
  /** Probes that were not answered. */
  unanswered = 0;
  /** When it next looks. */
  expires: Milliseconds = 0;
  readonly #stack: Stack;
  readonly #actions: KeepAliveActions;
  readonly #idle: Milliseconds;
  readonly #interval: Milliseconds;
  readonly #probes: number;
  #timer: Timer | undefined;

  constructor(stack: Stack, options: KeepAliveOptions, actions: KeepAliveActions) {
    const { sysctl } = stack;
    this.#stack = stack;
    this.#actions = actions;
    this.#idle = options.idle ?? sysctl.number('net.ipv4.tcp_keepalive_time') * 1000;
    this.#interval = options.interval ?? sysctl.number('net.ipv4.tcp_keepalive_intvl') * 1000;
    this.#probes = options.probes ?? sysctl.number('net.ipv4.tcp_keepalive_probes');
    this.#wait(this.#idle);
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #wait(delay: Milliseconds): void {
    this.expires = this.#stack.clock.now() + delay;
    this.#timer = this.#stack.clock.after(delay, () => this.#look());
  }

  #look(): void {
    const silent = this.#stack.clock.now() - this.#actions.heard();
    // Sums of fractions: less than a microsecond to wait is none, or the clock would not move on.
    if (silent < this.#idle - 0.001) {
      this.unanswered = 0;
      this.#wait(this.#idle - silent);
    } else if (this.unanswered >= this.#probes) this.#actions.dead();
    else {
      this.unanswered++;
      this.#actions.probe();
      this.#wait(this.#interval);
    }
  }
}
