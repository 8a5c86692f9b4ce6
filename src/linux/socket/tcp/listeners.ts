import type { Device } from '../../device/device.ts';
import type { Endpoint, ListenOptions, SocketOwner } from '../socket.ts';
import type { Listener } from './listener.ts';

/** The listening sockets of a namespace, by port (the kernel's listening hash). */
export class Listeners {
  readonly #byPort = new Map<number, readonly Listener[]>();

  /** A copy: it may be closed what it lists. */
  all(): readonly Listener[] {
    return [...this.#byPort.values()].flat();
  }

  hasPort(port: number): boolean {
    return this.#byPort.has(port);
  }

  /** Can nobody else listen there any more (inet_csk_bind_conflict)? With SO_REUSEPORT the same user can. */
  taken({ address, port }: Endpoint, owner: SocketOwner, options: ListenOptions): boolean {
    return this.#at(port).some(
      (other) =>
        (other.local.address === address || other.local.address === 0 || address === 0) &&
        (other.options.device === options.device || [other.options, options].some((o) => o.device === undefined)) &&
        !(options.reusePort === true && other.options.reusePort === true && other.owner.uid === owner.uid),
    );
  }

  add(listener: Listener): void {
    const { port } = listener.local;
    this.#byPort.set(port, [...this.#at(port), listener]);
  }

  remove(listener: Listener): void {
    const { port } = listener.local;
    const rest = this.#at(port).filter((other) => other !== listener);
    if (rest.length === 0) this.#byPort.delete(port);
    else this.#byPort.set(port, rest);
  }

  /** Who gets what comes in by `device` for `local`: one bound to the address before one bound to all. */
  find({ address, port }: Endpoint, device: Device): Listener | undefined {
    const listeners = this.#at(port).filter(
      ({ options }) => options.device === undefined || options.device === device.name,
    );
    return (
      listeners.find(({ local }) => local.address === address) ?? listeners.find(({ local }) => local.address === 0)
    );
  }

  #at(port: number): readonly Listener[] {
    return this.#byPort.get(port) ?? [];
  }
}
