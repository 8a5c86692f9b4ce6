import type { Clock, Milliseconds } from '../../simulation/clock.ts';
import type { Random } from '../../simulation/random.ts';
import type { Frame } from '../packet/packet.ts';
import { frameLength } from '../packet/size.ts';
import type { Skb } from '../packet/skb.ts';
import type { TapSource } from '../tap/source.ts';
import type { Device, QueueingDiscipline } from './device.ts';

/** A chance, 0 to 1, and how much each throw depends on the last one. */
export interface Chance {
  readonly part: number;
  readonly correlation: number;
}

/** tc-netem(8), as far as it is modelled. */
export interface NetemSettings {
  /** Packets that wait at once. */
  readonly limit: number;
  readonly delay: Milliseconds;
  readonly jitter: Milliseconds;
  readonly delayCorrelation: number;
  readonly loss: Chance | undefined;
  readonly duplicate: Chance | undefined;
  readonly reorder: Chance | undefined;
  /** Every how many packets one may overtake; 0: none. */
  readonly gap: number;
  /** Bits a second; 0: no limit. */
  readonly rate: number;
}

/** Counters as `tc -s qdisc` shows them. */
export interface QueueCounters {
  bytes: number;
  packets: number;
  dropped: number;
  requeues: number;
  backlogBytes: number;
  backlogPackets: number;
}

/** Delays, loses, doubles and reorders what a device sends (net/sched/sch_netem.c). */
export class Netem implements QueueingDiscipline {
  readonly kind = 'netem';
  /** The number before the colon of `8001:`. */
  readonly handle: number;
  readonly counters: QueueCounters = {
    bytes: 0,
    packets: 0,
    dropped: 0,
    requeues: 0,
    backlogBytes: 0,
    backlogPackets: 0,
  };
  readonly #device: Device;
  readonly #clock: Clock;
  readonly #tap: TapSource;
  readonly #random: Random;
  #settings: NetemSettings;
  #chances: Readonly<Record<'delay' | 'loss' | 'duplicate' | 'reorder', Throws>>;
  #counter = 0;
  #tail: Milliseconds = 0;

  constructor(
    device: Device,
    handle: number,
    settings: NetemSettings,
    { clock, tap, random }: { readonly clock: Clock; readonly tap: TapSource; readonly random: Random },
  ) {
    this.#device = device;
    this.handle = handle;
    this.#clock = clock;
    this.#tap = tap;
    this.#random = random.fork(`netem ${device.name} ${handle}`);
    this.#settings = settings;
    this.#chances = this.#throws(settings);
  }

  get settings(): NetemSettings {
    return this.#settings;
  }

  set settings(settings: NetemSettings) {
    this.#settings = settings;
    this.#chances = this.#throws(settings);
    this.#counter = 0;
  }

  /** netem_enqueue */
  enqueue(frame: Frame, skb: Skb): void {
    const { loss, duplicate } = this.#settings;
    const copies =
      1 +
      (duplicate !== undefined && this.#chances.duplicate.next() <= duplicate.part ? 1 : 0) -
      (loss !== undefined && this.#chances.loss.next() <= loss.part ? 1 : 0);
    if (copies === 0) {
      this.counters.dropped++;
      this.#tell(frame, skb, 'drop', `netem of ${this.#device.name} loses ${percent(loss?.part ?? 0)} of its packets`);
      return;
    }
    if (copies === 2) this.#hold(frame, skb.copy());
    this.#hold(frame, skb);
  }

  #hold(frame: Frame, skb: Skb): void {
    const { limit, reorder, gap } = this.#settings;
    const { counters } = this;
    if (counters.backlogPackets >= limit) {
      counters.dropped++;
      this.#tell(frame, skb, 'drop', `netem's queue of ${this.#device.name} is full (limit ${limit})`);
      return;
    }
    const overtakes =
      gap > 0 && this.#counter >= gap - 1 && reorder !== undefined && this.#chances.reorder.next() <= reorder.part;
    if (overtakes) {
      this.#counter = 0;
      counters.requeues++;
      this.#send(frame, skb);
      return;
    }
    this.#counter++;
    const wait = this.#wait(frame);
    if (wait <= 0) {
      this.#send(frame, skb);
      return;
    }
    const length = frameLength(frame);
    counters.backlogPackets++;
    counters.backlogBytes += length;
    if (this.#tap.active)
      this.#tell(frame, skb, 'queue', `netem of ${this.#device.name} holds it for ${shown(wait)} ms`);
    this.#clock.after(wait, () => {
      counters.backlogPackets--;
      counters.backlogBytes -= length;
      if (this.#device.up && this.#device.queue === this) this.#send(frame, skb);
      else {
        counters.dropped++;
        this.#tell(frame, skb, 'drop', `netem of ${this.#device.name} was taken away, or the device went down`);
      }
    });
  }

  /** tabledist, uniform; at a rate a packet goes behind the one before it, and its delay runs meanwhile. */
  #wait(frame: Frame): Milliseconds {
    const { delay, jitter, rate } = this.#settings;
    const now = this.#clock.now();
    let wait = jitter === 0 ? delay : Math.max(0, delay + (this.#chances.delay.next() * 2 - 1) * jitter);
    if (rate === 0) return wait;
    const behind = Math.max(0, this.#tail - now);
    wait = behind + Math.max(0, wait - behind) + (frameLength(frame) * 8 * 1000) / rate;
    this.#tail = now + wait;
    return wait;
  }

  #send(frame: Frame, skb: Skb): void {
    this.counters.packets++;
    this.counters.bytes += frameLength(frame);
    this.#device.hardSend(frame, skb);
  }

  #throws({ delayCorrelation, loss, duplicate, reorder }: NetemSettings) {
    return {
      delay: new Throws(this.#random, delayCorrelation),
      loss: new Throws(this.#random, loss?.correlation ?? 0),
      duplicate: new Throws(this.#random, duplicate?.correlation ?? 0),
      reorder: new Throws(this.#random, reorder?.correlation ?? 0),
    };
  }

  #tell(frame: Frame, skb: Skb, verdict: 'drop' | 'queue', reason: string): void {
    if (!this.#tap.active) return;
    const device = this.#device;
    this.#tap.report(this.#clock.now(), device.host?.name, 'link', frame, skb, { device, verdict, reason });
  }
}

/** get_crandom: numbers from 0 to 1, each as near to the last one as `correlation` says. */
class Throws {
  readonly #random: Random;
  readonly #correlation: number;
  #last = 0;

  constructor(random: Random, correlation: number) {
    this.#random = random;
    this.#correlation = correlation;
  }

  next(): number {
    const value = this.#random.fraction();
    if (this.#correlation === 0) return value;
    this.#last = value * (1 - this.#correlation) + this.#last * this.#correlation;
    return this.#last;
  }
}

const percent = (part: number) => `${Number((part * 100).toPrecision(6))}%`;
const shown = (time: Milliseconds) => Number(time.toPrecision(4));
