import {
  formatIp,
  formatPrefix,
  type IpAddress,
  netmask,
  networkOf,
  parseIp,
  parsePrefix,
} from '../../../linux/packet/address.ts';
import { CniCode, CniError, type IpamConfig } from '../protocol.ts';

/** Addresses that one range gives out, both ends included; the gateway is left out. */
export interface Range {
  readonly subnet: string;
  readonly length: number;
  readonly start: number;
  readonly end: number;
  readonly gateway: number;
}

export interface HostLocalConfig {
  readonly dataDir: string;
  readonly routes: readonly { readonly dst: string; readonly gw?: string }[];
  /** From each set one address is taken. */
  readonly ranges: readonly (readonly Range[])[];
}

const DEFAULT_DATA_DIR = '/var/lib/cni/networks';

/** Reads `ipam` of a network configuration. Source: the host-local page of cni.dev. */
export function hostLocalConfig(ipam: IpamConfig | undefined): HostLocalConfig {
  if (ipam === undefined) throw new CniError(CniCode.Internal, "IPAM config missing 'ipam' key");
  const single = typeof ipam.subnet === 'string' ? [[ipam]] : [];
  const sets = [...single, ...((ipam.ranges as readonly unknown[] | undefined) ?? [])];
  if (sets.length === 0) throw new CniError(CniCode.Internal, 'no IP ranges specified');
  return {
    dataDir: (ipam.dataDir as string | undefined) || DEFAULT_DATA_DIR,
    routes: (ipam.routes as HostLocalConfig['routes'] | undefined) ?? [],
    ranges: sets.map((set, index) =>
      (set as readonly Record<string, unknown>[]).map((range) => readRange(range, index)),
    ),
  };
}

function readRange(range: Readonly<Record<string, unknown>>, index: number): Range {
  const invalid = (why: string) => new CniError(CniCode.Internal, `invalid range set ${index}: ${why}`);
  const prefix = parsePrefix(String(range.subnet ?? ''));
  if (prefix === undefined) {
    throw new CniError(CniCode.DecodingFailure, `invalid CIDR address: ${String(range.subnet ?? '')}`);
  }
  const network = networkOf(prefix);
  if (network.address !== prefix.address) {
    throw invalid(
      `Network has host bits set. For a subnet mask of length ${prefix.length} the network address is ${formatIp(network.address)}`,
    );
  }
  if (prefix.length > 30) throw invalid(`Network ${formatPrefix(prefix)} too small to allocate from`);
  const first = Number(network.address) + 1;
  const last = (Number(network.address) | ~netmask(prefix.length)) >>> 0;
  const address = (field: string, otherwise: number): number => {
    const text = range[field];
    if (text === undefined) return otherwise;
    const value: IpAddress | undefined = parseIp(String(text));
    if (value === undefined) throw new CniError(CniCode.DecodingFailure, `invalid IP address: ${String(text)}`);
    return Number(value);
  };
  const gateway = address('gateway', first);
  const start = address('rangeStart', first);
  const end = address('rangeEnd', last - 1);
  for (const [name, value] of [
    ['RangeStart', start],
    ['RangeEnd', end],
  ] as const) {
    if (value <= Number(network.address) || value >= last) {
      throw invalid(`${name} ${formatIp(value)} not in network ${formatPrefix(network)}`);
    }
  }
  return { subnet: formatPrefix(network), length: prefix.length, start, end, gateway };
}

/** Every address of a set, beginning after `last`, round and round once; a crashing pod's address is not given out again soon. */
export function* candidates(
  set: readonly Range[],
  last: number | undefined,
): Generator<{ address: number; range: Range }> {
  const all: { range: Range; from: number; to: number }[] = set.map((range) => ({
    range,
    from: range.start,
    to: range.end,
  }));
  const at = last === undefined ? -1 : set.findIndex((range) => last >= range.start && last <= range.end);
  const tail = at < 0 ? undefined : all[at];
  if (tail !== undefined && last !== undefined) {
    const before = { range: tail.range, from: tail.from, to: last };
    const after = { range: tail.range, from: last + 1, to: tail.to };
    all.splice(0, all.length, after, ...all.slice(at + 1), ...all.slice(0, at), before);
  }
  for (const { range, from, to } of all) {
    for (let address = from; address <= to; address++) if (address !== range.gateway) yield { address, range };
  }
}

/** `10.244.1.1-10.244.1.254`, as messages name a set. */
export function describeSet(set: readonly Range[]): string {
  return set.map((range) => `${formatIp(range.start)}-${formatIp(range.end)}`).join(',');
}
