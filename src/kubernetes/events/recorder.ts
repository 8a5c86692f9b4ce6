import type { Clock } from '../../simulation/clock.ts';
import type { ApiObject, Resource } from '../api/operation.ts';
import { ApiError, type Client } from '../client/client.ts';
import { timestamp } from './time.ts';

const EVENTS: Resource = { group: '', version: 'v1', resource: 'events' };

export interface RecorderOptions {
  readonly client: Client;
  readonly clock: Clock;
  /** `kubelet`, `replicaset-controller`, ... */
  readonly component: string;
  /** The node that the component runs on, where that matters. */
  readonly host?: string;
}

export type EventType = 'Normal' | 'Warning';

interface Known {
  readonly name: string;
  count: number;
}

/** Writes Events; the same news about the same object becomes one Event with a count (client-go's correlator). */
export class EventRecorder {
  readonly #options: RecorderOptions;
  readonly #known = new Map<string, Known>();
  #last: Promise<void> = Promise.resolve();
  #nanos = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** Events are news, not state: one that can't be written is dropped, as upstream does. */
  event(object: ApiObject, type: EventType, reason: string, message: string, fieldPath?: string): void {
    const { clock, component } = this.#options;
    const key = [object.metadata.uid ?? object.metadata.name, fieldPath ?? '', type, reason, message].join('\n');
    const now = timestamp(clock);
    const seen = this.#known.get(key);
    if (seen !== undefined) {
      seen.count++;
      const patch = { count: seen.count, lastTimestamp: now };
      this.#write((at) => this.#patch(seen.name, at, patch), object);
      return;
    }
    const name = `${object.metadata.name}.${this.#suffix()}`;
    this.#known.set(key, { name, count: 1 });
    const { host } = this.#options;
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace: object.metadata.namespace ?? 'default' },
      involvedObject: reference(object, fieldPath),
      type,
      reason,
      message,
      reportingComponent: component,
      reportingInstance: host ?? '',
      count: 1,
      firstTimestamp: now,
      lastTimestamp: now,
      eventTime: null,
      source: { component, ...(host === undefined ? {} : { host }) },
    };
    this.#write((at) => this.#options.client.create(EVENTS, event, at), object);
  }

  async #patch(name: string, at: { namespace: string }, patch: unknown): Promise<unknown> {
    return this.#options.client.patch(EVENTS, { ...at, name }, patch, { type: 'merge' });
  }

  #write(request: (at: { namespace: string }) => Promise<unknown>, object: ApiObject): void {
    const at = { namespace: object.metadata.namespace ?? 'default' };
    this.#last = this.#last.then(async () => {
      try {
        await request(at);
      } catch (failure) {
        if (!(failure instanceof ApiError)) throw failure;
      }
    });
  }

  /** Hexadecimal nanoseconds since 1970, as upstream names events; the counter keeps names apart within one moment. */
  #suffix(): string {
    return (BigInt(Math.floor(this.#options.clock.wall() * 1000)) * 1000n + BigInt(this.#nanos++ % 1000)).toString(16);
  }
}

/** What an Event is about. */
function reference(object: ApiObject, fieldPath?: string) {
  const { name, namespace, uid, resourceVersion } = object.metadata;
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(fieldPath === undefined ? {} : { fieldPath }),
  };
}
