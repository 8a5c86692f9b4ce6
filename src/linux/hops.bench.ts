import { eventLoopHost } from '../simulation/host.ts';
import { Simulation } from '../simulation/simulation.ts';
import { NetworkNamespace } from './namespace.ts';
import { parseIp, parsePrefix } from './packet/address.ts';
import { TapSource } from './tap/source.ts';

/** Namespaces in a row: a sender, routers, a receiver. */
const ROUTERS = 6;
/** Datagrams that are under way at a time. */
const UNDER_WAY = 32;

/**
 * How many packets one core moves: UDP datagrams cross a row of routers over veth pairs, some at a time, for as long as
 * `milliseconds` of real time. A hop is one packet handled by one namespace, from receive to send (the receiver's last
 * one ends in a socket). `traced`: with a listener that keeps nothing.
 */
export async function measureHops(options: {
  traced: boolean;
  milliseconds: number;
  /** Called with each router before anything is sent. */
  prepare?: (router: NetworkNamespace) => void;
}): Promise<{ hops: number; seconds: number }> {
  const clock = new Simulation({ seed: 'bench', host: eventLoopHost() });
  const tap = new TapSource();
  let events = 0;
  if (options.traced) tap.listen(() => events++);
  const row: NetworkNamespace[] = [];
  for (let i = 0; i < ROUTERS + 2; i++) {
    const namespace = new NetworkNamespace({ name: `n${i}`, clock, random: clock.random, tap });
    namespace.setLink('lo', { up: true });
    namespace.setSysctl('net.ipv4.ip_forward', 1);
    row.push(namespace);
  }
  const at = (i: number): NetworkNamespace => row[i] as NetworkNamespace;
  const address = (text: string) => parseIp(text) ?? 0;
  const prefix = (text: string) => parsePrefix(text) ?? { address: 0, length: 0 };
  const last = ROUTERS + 1;
  for (let i = 0; i < last; i++) {
    at(i).addVeth({ name: 'right' }, { name: 'left', namespace: at(i + 1) });
    at(i).setLink('right', { up: true });
    at(i + 1).setLink('left', { up: true });
    at(i).addAddress('right', prefix(`10.0.${i}.1/24`));
    at(i + 1).addAddress('left', prefix(`10.0.${i}.2/24`));
  }
  for (let i = 0; i <= last; i++) {
    for (let net = 0; net < last; net++) {
      if (net > i) at(i).addRoute({ destination: prefix(`10.0.${net}.0/24`), via: address(`10.0.${i}.2`) });
      if (net < i - 1) at(i).addRoute({ destination: prefix(`10.0.${net}.0/24`), via: address(`10.0.${i - 1}.1`) });
    }
  }
  for (let i = 1; i < last; i++) options.prepare?.(at(i));
  const owner = { pid: 1, name: 'bench' };
  const target = { address: address(`10.0.${last - 1}.2`), port: 9 };
  const sink = at(last).sockets.openUdp({ address: 0, port: 9 }, owner);
  const source = at(0).sockets.openUdp({ address: 0, port: 0 }, owner);
  const data = new Uint8Array(64);
  // No promises here: what is measured is the stack, and a socket's queue that nobody reads only counts as full.
  let sending = true;
  const feed = () => {
    for (let i = 0; i < UNDER_WAY; i++) source.send(target, data);
    if (sending) clock.after(0.01, feed);
  };
  const count = () => row.slice(1).reduce((sum, n) => sum + (n.link('left')?.rx.packets ?? 0), 0);
  source.send(target, data);
  await clock.runTo(10);
  feed();
  await clock.runTo(clock.now() + 20);
  const first = count();
  const start = performance.now();
  while (performance.now() - start < options.milliseconds) await clock.runTo(clock.now() + 20);
  const seconds = (performance.now() - start) / 1000;
  const hops = count() - first;
  const arrived = at(last).link('left')?.rx.packets ?? 0;
  if (arrived * ROUTERS < hops / 2) throw new Error(`only ${arrived} datagrams came to the end of the row`);
  sending = false;
  sink.close();
  source.close();
  if (options.traced && events === 0) throw new Error('the listener has heard nothing');
  return { hops, seconds };
}
