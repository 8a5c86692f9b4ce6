import type { Errno } from '../errno.ts';
import type { Hook, Passage } from './passage.ts';

/**
 * What somebody at a hook says of a packet. Who says `drop` has told the tap why. `stolen`: it took the packet and goes
 * on with it, or not. `queue`: a program decides (NFQUEUE); with `bypass` the packet passes where none listens.
 */
export type HookVerdict = 'accept' | 'drop' | 'stolen' | { readonly queue: number; readonly bypass: boolean };

/** Somebody at a hook: a table's chain, connection tracking, NAT. */
export interface HookFunction {
  /** For people: `iptables nat`, `conntrack`. */
  readonly name: string;
  /** The lower, the earlier (NF_IP_PRI_*; see `priority`). */
  readonly priority: number;
  run(passage: Passage): HookVerdict;
}

/** include/uapi/linux/netfilter_ipv4.h */
export const priority = {
  first: -(2 ** 31),
  defragment: -400,
  raw: -300,
  conntrack: -200,
  mangle: -150,
  dnat: -100,
  filter: 0,
  security: 50,
  snat: 100,
  helper: 300,
  confirm: 2 ** 31 - 1,
} as const;

/** A program that decides about queued packets. */
export type QueueListener = (packet: QueuedPacket) => void;

export interface QueuedPacket {
  readonly passage: Passage;
  /** Lets it go on behind whoever queued it (`accept`), start again there (`repeat`), or ends it. Once only. */
  decide(verdict: 'accept' | 'drop' | 'repeat'): void;
}

/** How many packets wait for one program (nfnetlink_queue's queue_maxlen). */
const QUEUE_LIMIT = 1024;

/** The netfilter hooks of one namespace (net/netfilter/core.c). */
export class HookTable {
  readonly #functions: Readonly<Record<Hook, HookFunction[]>> = {
    prerouting: [],
    input: [],
    forward: [],
    output: [],
    postrouting: [],
  };
  readonly #queues = new Map<number, { readonly listener: QueueListener; waiting: number }>();
  readonly #lost: (passage: Passage, reason: string) => void;
  readonly #reroute: (passage: Passage) => Errno | undefined;

  /**
   * `lost` tells the tap of a packet that no rule has dropped: its queue is full or nobody listens to it. `reroute` finds
   * another way for a packet at OUTPUT, and says what sending it fails with where there is none.
   */
  constructor(
    lost: (passage: Passage, reason: string) => void,
    reroute: (passage: Passage) => Errno | undefined = () => undefined,
  ) {
    this.#lost = lost;
    this.#reroute = reroute;
  }

  /** Is anybody at this hook? Asked before a `Passage` is made. */
  active(hook: Hook): boolean {
    return this.#functions[hook].length > 0;
  }

  /** Of equal priorities the last comes first (nf_hook_entries_grow). @returns what takes it away again. */
  register(hook: Hook, added: HookFunction): () => void {
    const list = this.#functions[hook];
    const at = list.findIndex((other) => other.priority >= added.priority);
    list.splice(at < 0 ? list.length : at, 0, added);
    return () => {
      const index = list.indexOf(added);
      if (index >= 0) list.splice(index, 1);
    };
  }

  /** Who is at a hook, in order. */
  list(hook: Hook): readonly HookFunction[] {
    return this.#functions[hook];
  }

  /** Throws RangeError when another program listens already (EPERM in the kernel). @returns what ends it. */
  listen(queue: number, listener: QueueListener): () => void {
    if (this.#queues.has(queue)) throw new RangeError(`queue ${queue} has a listener`);
    this.#queues.set(queue, { listener, waiting: 0 });
    return () => void this.#queues.delete(queue);
  }

  /**
   * Asks everybody at the packet's hook and calls `passage.ok` when all of them let it pass, now or later.
   * @returns what a sender is told: EPERM where it was dropped (NF_DROP_GETERR), else what `ok` says.
   */
  pass(passage: Passage): Errno | undefined {
    return this.#from(passage, 0);
  }

  #from(passage: Passage, start: number): Errno | undefined {
    const list = this.#functions[passage.hook];
    for (let i = start; i < list.length; i++) {
      const verdict = (list[i] as HookFunction).run(passage);
      if (verdict === 'accept') {
        if (!passage.reroute) continue;
        // Who has changed what routing looks at asks for another way at once: the next ones see only what has one.
        passage.reroute = false;
        const errno = this.#reroute(passage);
        if (errno !== undefined) return errno;
        continue;
      }
      if (verdict === 'drop') return 'EPERM';
      if (verdict === 'stolen') return undefined;
      if (this.#queue(passage, verdict, i)) return undefined;
    }
    return passage.ok(passage);
  }

  /** @returns false when the packet goes on at once. */
  #queue(passage: Passage, { queue, bypass }: { queue: number; bypass: boolean }, at: number): boolean {
    const found = this.#queues.get(queue);
    if (found === undefined) {
      if (bypass) return false;
      this.#lost(passage, `no program listens to queue ${queue}`);
      return true;
    }
    if (found.waiting >= QUEUE_LIMIT) {
      this.#lost(passage, `queue ${queue} is full`);
      return true;
    }
    found.waiting++;
    let decided = false;
    found.listener({
      passage,
      decide: (verdict) => {
        if (decided) return;
        decided = true;
        found.waiting--;
        if (verdict === 'drop') this.#lost(passage, `the program behind queue ${queue} dropped it`);
        else this.#from(passage, verdict === 'repeat' ? at : at + 1);
      },
    });
    return true;
  }
}
