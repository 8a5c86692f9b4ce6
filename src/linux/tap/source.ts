import type { Milliseconds } from '../../simulation/clock.ts';
import type { Device } from '../device/device.ts';
import { flowOf } from '../packet/flow.ts';
import type { Frame, IpPacket } from '../packet/packet.ts';
import type { Skb } from '../packet/skb.ts';
import type { Stage, Tap, TapEvent, Verdict } from './tap.ts';

/** What a stage says beside the packet itself. */
export interface Evidence {
  readonly device?: Device | undefined;
  readonly verdict?: Verdict | undefined;
  readonly reason?: string | undefined;
  readonly table?: string | undefined;
  readonly chain?: string | undefined;
  readonly rule?: string | undefined;
  readonly connection?: string | undefined;
  readonly after?: Frame | IpPacket | undefined;
}

/**
 * Where the stack reports to; one per cluster, shared by all its namespaces and wires, so that ids are unique.
 * Whoever reports asks `active` first: with nobody listening no event is built.
 */
export class TapSource {
  active = false;
  readonly #taps = new Set<Tap>();
  #id = 0;

  /** @returns what ends the listening. */
  listen(tap: Tap): () => void {
    this.#taps.add(tap);
    this.active = true;
    return () => {
      this.#taps.delete(tap);
      this.active = this.#taps.size > 0;
    };
  }

  /** Tells everybody; `skb` then refers to this event, so that the next one has it as its parent. */
  report(
    time: Milliseconds,
    namespace: string | undefined,
    stage: Stage,
    packet: Frame | IpPacket,
    skb: Skb,
    evidence: Evidence,
  ): void {
    const id = ++this.#id;
    const { device, verdict, reason, table, chain, rule, connection, after } = evidence;
    skb.flow ??= flowOf('kind' in packet ? packet : packet.payload);
    const event: { -readonly [K in keyof TapEvent]: TapEvent[K] } = {
      id,
      flow: skb.flow,
      time,
      stage,
      packet,
    };
    if (skb.event > 0) event.parent = skb.event;
    if (namespace !== undefined) event.namespace = namespace;
    if (device !== undefined) event.device = device.name;
    if (after !== undefined) event.after = after;
    if (table !== undefined) event.table = table;
    if (chain !== undefined) event.chain = chain;
    if (rule !== undefined) event.rule = rule;
    if (connection !== undefined) event.connection = connection;
    if (verdict !== undefined) event.verdict = verdict;
    if (reason !== undefined) event.reason = reason;
    if (skb.probe !== undefined) event.probe = skb.probe;
    skb.event = id;
    for (const tap of this.#taps) tap(event);
  }
}
