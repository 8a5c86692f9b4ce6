import { Wire } from '../linux/device/wire.ts';
import { Machine } from '../linux/machine.ts';
import { NetworkNamespace } from '../linux/namespace.ts';
import { networkFiles } from '../linux/network-files.ts';
import { type Prefix, parsePrefix } from '../linux/packet/address.ts';
import type { ProgramTable, Services } from '../linux/process/process.ts';
import { TapSource } from '../linux/tap/source.ts';
import type { Simulation } from '../simulation/simulation.ts';

/** kind's Docker network: the host has its first address, containers the next ones. */
const NETWORK = '172.18.0';
const PREFIX_LENGTH = 16;
const GATEWAY = `${NETWORK}.1`;
/** Docker makes a container's MAC address of 02:42 and its IPv4 address: 02:42:ac:12:00:03 is 172.18.0.3. */
const DOCKER_MAC = 0x0242ac120000;
const BROADCAST = '172.18.255.255';

/** What all machines of one simulation share. */
export interface Ground {
  readonly simulation: Simulation;
  readonly tap: TapSource;
  readonly wire: Wire;
  readonly programs: ProgramTable;
}

export function layGround(simulation: Simulation, programs: ProgramTable): Ground {
  const tap = new TapSource();
  const wire = new Wire({ clock: simulation, random: simulation.random, tap });
  return { simulation, tap, wire, programs };
}

export interface MachineSpec {
  readonly name: string;
  /** The last byte of its address on the wire; 1 is the host itself, every other machine's way out. */
  readonly number: number;
  /** Whether it passes packets on that are not for itself. */
  readonly router?: boolean;
  /** What its programs find beside Linux; may be filled in later. */
  readonly services?: MutableServices;
}

export type MutableServices = { -readonly [Name in keyof Services]: Services[Name] };

/** A machine on the wire. */
export function plugIn({ simulation, tap, wire, programs }: Ground, spec: MachineSpec): Machine<NetworkNamespace> {
  const random = simulation.random.fork(`machine ${spec.name}`);
  const netns = new NetworkNamespace({ name: spec.name, clock: simulation, random, tap });
  netns.setLink('lo', { up: true });
  netns.attach('eth0', wire, { mac: DOCKER_MAC + spec.number });
  netns.setLink('eth0', { up: true, queueLength: 0 });
  netns.addAddress('eth0', known(`${NETWORK}.${spec.number}/${PREFIX_LENGTH}`), {
    broadcast: known(BROADCAST).address,
  });
  if (spec.number !== 1) netns.addRoute({ destination: known('0.0.0.0/0'), via: known(GATEWAY).address });
  if (spec.router === true) netns.setSysctl('net.ipv4.ip_forward', '1');
  const services = spec.services ?? {};
  const machine = new Machine({
    name: spec.name,
    clock: simulation,
    random,
    programs,
    netns,
    network: networkFiles(netns),
    services,
  });
  services.namespaces = machine.namespaces;
  // As Docker writes it into kind's nodes.
  machine.files.write('/etc/resolv.conf', `nameserver ${GATEWAY}\noptions ndots:0\n`);
  return machine;
}

export function addressOf(number: number): string {
  return `${NETWORK}.${number}`;
}

function known(text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix === undefined) throw new Error(`not a prefix: ${text}`);
  return prefix;
}
