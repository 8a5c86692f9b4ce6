import { eventLoopHost } from '../simulation/host.ts';
import { Simulation } from '../simulation/simulation.ts';
import { Wire, type WireOptions } from './device/wire.ts';
import { NetworkNamespace } from './namespace.ts';
import { formatIp, type IpAddress, type Prefix, parseIp, parsePrefix } from './packet/address.ts';
import type { IcmpReply, SocketOwner } from './socket/socket.ts';
import { TapSource } from './tap/source.ts';
import type { TapEvent } from './tap/tap.ts';

/** Small networks for tests, built as a CNI like kindnet builds a cluster's. */

export function ip(text: string): IpAddress {
  const address = parseIp(text);
  if (address === undefined) throw new Error(`not an address: ${text}`);
  return address;
}

export function prefix(text: string): Prefix {
  const parsed = parsePrefix(text);
  if (parsed === undefined) throw new Error(`not a prefix: ${text}`);
  return parsed;
}

export const owner: SocketOwner = { pid: 1, name: 'test' };

export class Lab {
  readonly clock: Simulation;
  readonly tap = new TapSource();
  readonly events: TapEvent[] = [];
  readonly wire: Wire;

  constructor(options: { seed?: string; traced?: boolean } & Pick<WireOptions, 'loss' | 'mtu' | 'latency'> = {}) {
    const { seed = 'test', traced = true, ...wire } = options;
    this.clock = new Simulation({ seed, host: eventLoopHost() });
    if (traced) this.tap.listen((event) => this.events.push(event));
    this.wire = new Wire({ clock: this.clock, random: this.clock.random, tap: this.tap, ...wire });
  }

  namespace(name: string): NetworkNamespace {
    const namespace = new NetworkNamespace({ name, clock: this.clock, random: this.clock.random, tap: this.tap });
    namespace.setLink('lo', { up: true });
    return namespace;
  }

  /** A machine on the wire: 172.18.0.`host`/16, a router for its pods in 10.244.`host`.0/24. */
  node(name: string, host: number): NetworkNamespace {
    const node = this.namespace(name);
    node.setSysctl('net.ipv4.ip_forward', 1);
    node.attach('eth0', this.wire);
    node.setLink('eth0', { up: true });
    node.addAddress('eth0', prefix(`172.18.0.${host}/16`));
    return node;
  }

  /** A pod on a node, wired as the ptp plugin does. */
  pod(node: NetworkNamespace, address: string): NetworkNamespace {
    const pod = this.namespace(`${node.name}/pod-${address}`);
    const gateway = address.replace(/\d+$/, '1');
    const [, host] = pod.addVeth({ name: 'eth0' }, { name: `veth${address.split('.')[3]}`, namespace: node });
    node.setLink(host.name, { up: true });
    pod.setLink('eth0', { up: true });
    pod.addAddress('eth0', prefix(`${address}/24`), { noPrefixRoute: true });
    pod.addRoute({ destination: prefix(gateway), device: 'eth0', scope: 'link', source: ip(address) });
    pod.addRoute({ destination: prefix('0.0.0.0/0'), via: ip(gateway) });
    node.addAddress(host.name, prefix(`${gateway}/32`));
    node.addRoute({ destination: prefix(address), device: host.name, scope: 'host' });
    return pod;
  }

  /** Two nodes that know the way to each other's pods, with one pod each. */
  cluster(): { a: NetworkNamespace; b: NetworkNamespace; podA: NetworkNamespace; podB: NetworkNamespace } {
    const a = this.node('a', 2);
    const b = this.node('b', 3);
    const podA = this.pod(a, '10.244.2.5');
    const podB = this.pod(b, '10.244.3.6');
    a.addRoute({ destination: prefix('10.244.3.0/24'), via: ip('172.18.0.3') });
    b.addRoute({ destination: prefix('10.244.2.0/24'), via: ip('172.18.0.2') });
    return { a, b, podA, podB };
  }

  /** Sends one echo request and waits; `undefined`: nothing came within `patience` virtual milliseconds. */
  async ping(
    from: NetworkNamespace,
    to: string,
    options: { ttl?: number; size?: number; dontFragment?: boolean; patience?: number; probe?: string } = {},
  ): Promise<IcmpReply | undefined> {
    const { ttl, size = 56, dontFragment, patience = 10_000, probe } = options;
    const socket = from.sockets.openIcmp({ ...owner, probe });
    socket.send(ip(to), {
      sequence: 1,
      data: new Uint8Array(size),
      ...(ttl !== undefined && { ttl }),
      ...(dontFragment !== undefined && { dontFragment }),
    });
    return this.settle(
      socket.receive().finally(() => socket.close()),
      patience,
    );
  }

  /** Runs the clock until `promise` settles; `undefined`: it has not, after `patience` ms. */
  async settle<T>(promise: Promise<T>, patience = 200_000): Promise<T | undefined> {
    let settled = false;
    const watched = promise.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    void watched.then(() => {
      settled = true;
    });
    await this.clock.runUntil(() => settled, patience);
    if (!settled) return undefined;
    const outcome = await watched;
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }

  /** The trace in short lines: namespace, stage, device, verdict and reason of each event. */
  trace(): string[] {
    return this.events.map(({ namespace, stage, device = '-', verdict = '', reason = '', packet }) => {
      const addresses =
        packet === undefined
          ? ''
          : 'kind' in packet
            ? `${formatIp(packet.source)}>${formatIp(packet.destination)}`
            : '';
      return [namespace, stage, device, addresses, verdict, reason].filter((part) => part !== '').join(' ');
    });
  }
}
