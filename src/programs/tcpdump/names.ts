import type { FilterNames } from '../../linux/capture/filter/filter.ts';
import { LinuxError } from '../../linux/errno.ts';
import type { NetworkNamespace } from '../../linux/namespace.ts';
import type { Process } from '../../linux/process/process.ts';
import { nameOfHost, resolveHost } from '../resolve.ts';
import type { Names } from './printer.ts';

/** Names from /etc/hosts and /etc/services alone: DNS is not asked for the names of addresses. */
export class FileNames implements Names, FilterNames {
  readonly #process: Process;
  readonly #netns: NetworkNamespace | undefined;
  readonly #hosts = new Map<number, string | undefined>();
  #services: ReadonlyMap<string, ReadonlyMap<string, number>> | undefined;
  #ports: ReadonlyMap<string, string> | undefined;

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
    this.#read();
    return this.#ports?.get(`${port}/${protocol}`);
  }

  service(name: string): { tcp?: number; udp?: number } | undefined {
    this.#read();
    const found = this.#services?.get(name);
    if (found === undefined) return undefined;
    const [tcp, udp] = [found.get('tcp'), found.get('udp')];
    return { ...(tcp !== undefined && { tcp }), ...(udp !== undefined && { udp }) };
  }

  device(index: number): string | undefined {
    return this.#netns?.link(index)?.name;
  }

  /** services(5): `http 80/tcp www`. */
  #read(): void {
    if (this.#services !== undefined) return;
    const services = new Map<string, Map<string, number>>();
    const ports = new Map<string, string>();
    this.#services = services;
    this.#ports = ports;
    for (const line of textOf(this.#process, '/etc/services').split('\n')) {
      const [name = '', entry = '', ...aliases] = line.replace(/#.*/, '').trim().split(/\s+/);
      const match = /^(\d+)\/(tcp|udp)$/.exec(entry);
      if (match === null) continue;
      const [, port, protocol] = match as unknown as [string, string, string];
      if (!ports.has(entry)) ports.set(entry, name);
      for (const each of [name, ...aliases]) {
        const known = services.get(each) ?? new Map<string, number>();
        services.set(each, known);
        if (!known.has(protocol)) known.set(protocol, Number(port));
      }
    }
  }
}

function textOf({ files }: Process, path: string): string {
  try {
    return files.readText(path);
  } catch (error) {
    if (error instanceof LinuxError) return '';
    throw error;
  }
}
