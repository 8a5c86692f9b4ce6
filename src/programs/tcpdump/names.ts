import type { FilterNames } from '../../linux/capture/filter/filter.ts';
import type { NetworkNamespace } from '../../linux/namespace.ts';
import type { Process } from '../../linux/process/process.ts';
import { type ServiceEntry, services } from '../netdb.ts';
import { nameOfHost, resolveHost } from '../resolve.ts';
import type { Names } from './printer.ts';

/** Names from /etc/hosts and /etc/services alone: DNS is not asked for the names of addresses. */
export class FileNames implements Names, FilterNames {
  readonly #process: Process;
  readonly #netns: NetworkNamespace | undefined;
  readonly #hosts = new Map<number, string | undefined>();
  #services: readonly ServiceEntry[] | undefined;

  constructor(process: Process, netns: NetworkNamespace | undefined) {
    this.#process = process;
    this.#netns = netns;
  }

  host(name: number): string | undefined;
  host(name: string): number | undefined;
  host(name: number | string): number | string | undefined {
    if (typeof name === 'string') {
      const address = resolveHost(this.#process, name);
      return address === undefined ? undefined : Number(address);
    }
    if (!this.#hosts.has(name)) this.#hosts.set(name, nameOfHost(this.#process, name));
    return this.#hosts.get(name);
  }

  port(port: number, protocol: 'tcp' | 'udp'): string | undefined {
    return this.#read().find((entry) => entry.port === port && entry.protocol === protocol)?.name;
  }

  service(name: string): { tcp?: number; udp?: number } | undefined {
    const found = this.#read().filter((entry) => entry.name === name || entry.aliases.includes(name));
    const [tcp, udp] = ['tcp', 'udp'].map((protocol) => found.find((entry) => entry.protocol === protocol)?.port);
    return { ...(tcp !== undefined && { tcp }), ...(udp !== undefined && { udp }) };
  }

  device(index: number): string | undefined {
    return this.#netns?.link(index)?.name;
  }

  /** Read once: a capture asks for each packet. */
  #read(): readonly ServiceEntry[] {
    this.#services ??= services(this.#process);
    return this.#services;
  }
}
