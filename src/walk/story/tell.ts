import { formatIp } from '../../linux/packet/address.ts';
import type { Frame, IpPacket } from '../../linux/packet/packet.ts';
import type { TapEvent } from '../../linux/tap/tap.ts';
import { headersOf, markChanges } from './headers.ts';
import { arrival, delivery, departure, ending, forwarding, loss } from './sentences.ts';
import type { DeviceId, Header, Step, Story, StoryLink, StoryMachine, StoryNamespace } from './story.ts';

/** Where a story takes place: who has which devices, and what hangs together. */
export interface Scene {
  readonly title: string;
  readonly machines: readonly StoryMachine[];
  readonly links: readonly StoryLink[];
}

/**
 * Tells the events of one conversation (in the order of their ids) as steps. Events of other conversations, ARP
 * among them, are left out: a walk shows one thing.
 */
export function tell(scene: Scene, events: readonly TapEvent[]): Story {
  const teller = new Teller(scene);
  for (const event of events) teller.hear(event);
  return { ...scene, steps: teller.steps, outcome: ending(teller.steps) };
}

class Teller {
  readonly steps: Step[] = [];
  readonly #scene: Scene;
  readonly #namespaces: ReadonlyMap<string, StoryNamespace>;
  #began: number | undefined;
  #asker: IpPacket['source'] | undefined;
  /** The device that the packet was last sent from: the next namespace's event is its arrival. */
  #sentFrom: DeviceId | undefined;
  #headers: readonly Header[] = [];
  /** The route that was chosen, until it is known what it was chosen for. */
  #route: string | undefined;

  constructor(scene: Scene) {
    this.#scene = scene;
    this.#namespaces = new Map(
      scene.machines.flatMap((machine) => machine.namespaces).map((place) => [place.id, place]),
    );
  }

  hear(event: TapEvent): void {
    const packet = ipOf(event.packet);
    const place = this.#namespaces.get(event.namespace ?? '');
    if (packet === undefined || place === undefined) return;
    this.#asker ??= packet.source;
    this.#began ??= event.time;
    if (this.#sentFrom !== undefined && this.#sentFrom.namespace !== place.id) this.#arrive(event, place);
    switch (event.stage) {
      case 'route':
        this.#route = event.rule;
        if (event.verdict !== 'accept') this.#add(event, { sentence: loss(place, event.reason), verdict: 'drop' });
        break;
      case 'forward':
        if (event.verdict === 'accept') {
          this.#add(
            { ...event, packet: event.after ?? packet },
            { sentence: forwarding(place, packet), decided: this.#route },
          );
        } else this.#add(event, { sentence: loss(place, event.reason), verdict: 'drop' });
        break;
      case 'send':
        if (this.#isOwn(packet, place)) this.#add(event, { sentence: departure(place, packet), decided: this.#route });
        if (event.device !== undefined) this.#sentFrom = { namespace: place.id, device: event.device };
        this.#headers = headersOf(event.packet ?? packet);
        break;
      case 'input':
      case 'socket':
        if (event.verdict === 'deliver')
          this.#add(event, { sentence: delivery(place, packet, event.reason), verdict: 'deliver' });
        else if (event.verdict !== undefined && event.verdict !== 'queue') {
          this.#add(event, { sentence: loss(place, event.reason), verdict: 'drop' });
        }
        break;
      case 'arp':
      case 'link':
        if (event.verdict === 'drop') this.#add(event, { sentence: loss(place, event.reason), verdict: 'drop' });
        break;
      default:
        break;
    }
  }

  #arrive(event: TapEvent, place: StoryNamespace): void {
    const from = this.#sentFrom;
    this.#sentFrom = undefined;
    if (from === undefined) return;
    const link = this.#scene.links.find(
      ({ ends }) => ends.some((end) => same(end, from)) && ends.some((end) => end.namespace === place.id),
    );
    const at = link?.ends.find((end) => end.namespace === place.id && !same(end, from));
    if (link === undefined || at === undefined) return;
    const label = this.#namespaces.get(from.namespace)?.label ?? from.namespace;
    this.#push(
      event,
      { at, from, sentence: arrival(link.kind, { label, device: from.device }, place, at.device) },
      this.#headers,
    );
  }

  #add(event: TapEvent, said: { sentence: string; decided?: string | undefined; verdict?: Step['verdict'] }): void {
    const at =
      event.stage === 'send' && event.device !== undefined
        ? { namespace: event.namespace ?? '', device: event.device }
        : { namespace: event.namespace ?? '' };
    const { sentence, decided, verdict } = said;
    const step = {
      at,
      sentence,
      ...(decided !== undefined && { decided: decided.trim() }),
      ...(verdict !== undefined && { verdict }),
    };
    this.#push(event, step, markChanges(headersOf(event.packet as Frame | IpPacket), this.#headers));
    this.#headers = headersOf(event.packet as Frame | IpPacket);
  }

  #push(event: TapEvent, step: Pick<Step, 'at' | 'sentence'> & Partial<Step>, headers: readonly Header[]): void {
    const packet = ipOf(event.packet);
    const leg = packet?.source === this.#asker ? 'request' : 'reply';
    const time = Math.round((event.time - (this.#began ?? event.time)) * 1000) / 1000;
    this.steps.push({ time, leg, headers, ...step });
  }

  #isOwn(packet: IpPacket, place: StoryNamespace): boolean {
    const source = formatIp(packet.source);
    return place.devices.some((device) => device.addresses.some((address) => address.split('/')[0] === source));
  }
}

function ipOf(packet: TapEvent['packet']): IpPacket | undefined {
  if (packet === undefined) return undefined;
  const inner = 'kind' in packet ? packet : packet.payload;
  return inner.kind === 'ip' ? inner : undefined;
}

function same(a: DeviceId, b: DeviceId): boolean {
  return a.namespace === b.namespace && a.device === b.device;
}
