import type { IPAddress, ServiceCIDR } from '../../types/networking.ts';
import type { KindContext } from '../kind.ts';
import type { ApiObject } from '../operation.ts';
import {
  type Address,
  contains,
  formatAddress,
  formatCidr,
  maskedBytes,
  type Prefix,
  parseAddress,
  parseCidr,
} from '../validation/ip.ts';
import type { Transaction } from './transaction.ts';

const IP_ADDRESSES = { group: 'networking.k8s.io', version: 'v1', resource: 'ipaddresses' } as const;
const SERVICE_CIDRS = { group: 'networking.k8s.io', version: 'v1', resource: 'servicecidrs' } as const;
const NONE_FITS = 'the provided network does not match the current range';
const ALLOCATED = 'provided IP is already allocated';

/** A range of Service addresses: the first and the last are its network's and broadcast's. */
interface Range {
  readonly prefix: Prefix;
  readonly first: number;
  readonly last: number;
  /** How many at the start are for people to ask for (KEP-3070): min(max(16, size / 16), 256). */
  readonly band: number;
}

export type Taken = { readonly address: string; readonly transaction: Transaction } | { readonly problem: string };

/** Sets a given address aside for a Service. An address that is held stands as an IPAddress object (KEP-1880). */
export function takeAddress(service: ApiObject, text: string, context: KindContext): Taken {
  const address = parseAddress(text);
  if (address === undefined) return { problem: `failed to parse service IP ${JSON.stringify(text)}` };
  const value = toNumber(address);
  const name = formatAddress(address);
  const all = ranges(context);
  const fits = all.some(({ prefix, first, last }) => contains(prefix, address) && value >= first && value <= last);
  // A dry run asks any range, which says more.
  if (!fits && context.dryRun && all[0] !== undefined) {
    return {
      problem: `the provided IP (${name}) is not in the valid range. The range of valid IPs is ${formatCidr(all[0].prefix)}`,
    };
  }
  if (!fits) return { problem: NONE_FITS };
  if (context.dryRun) return { address: name, transaction: nothing };
  if (context.find(IP_ADDRESSES, name) !== undefined) return { problem: ALLOCATED };
  return { address: name, transaction: holding(service, name, context) };
}

/** Sets any free address aside, out of the upper band first. Undefined when every range is full. */
export function takeAnyAddress(service: ApiObject, context: KindContext): Taken | undefined {
  for (const range of ranges(context)) {
    // A dry run is shown the range's own address, which no Service ever gets.
    if (context.dryRun) {
      return { address: formatAddress({ family: 'IPv4', bytes: maskedBytes(range.prefix) }), transaction: nothing };
    }
    const name =
      freeIn(range.first + range.band, range.last, context) ??
      freeIn(range.first, range.first + range.band - 1, context);
    if (name !== undefined) return { address: name, transaction: holding(service, name, context) };
  }
  return undefined;
}

export function releaseAddress(address: string, context: KindContext): void {
  if (context.find(IP_ADDRESSES, address) !== undefined) context.remove(IP_ADDRESSES, address);
}

/** From a random one on, the first that no object names. */
function freeIn(first: number, last: number, { random, find }: KindContext): string | undefined {
  const size = last - first + 1;
  if (size <= 0) return undefined;
  const start = random.below(size);
  for (let step = 0; step < size; step++) {
    const name = fromNumber(first + ((start + step) % size));
    if (find(IP_ADDRESSES, name) === undefined) return name;
  }
  return undefined;
}

/** The ranges that may be used, the oldest first; one that is going away gives nothing any more. */
function ranges(context: KindContext): Range[] {
  const objects = context.list(SERVICE_CIDRS) as readonly ServiceCIDR[];
  return objects
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
    .flatMap(({ spec }) => spec?.cidrs ?? [])
    .flatMap((text) => {
      const prefix = parseCidr(text);
      return prefix?.address.family === 'IPv4' ? [rangeOf(prefix)] : [];
    });
}

function rangeOf(prefix: Prefix): Range {
  const base = toNumber({ bytes: maskedBytes(prefix) });
  const size = 2 ** (32 - prefix.length);
  const band = size < 16 ? 0 : Math.min(Math.max(16, Math.floor(size / 16)), 256);
  return { prefix, first: base + 1, last: base + size - 2, band: Math.min(band, size - 2) };
}

function holding({ metadata }: ApiObject, name: string, context: KindContext): Transaction {
  const object: IPAddress = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: {
      name,
      labels: {
        'ipaddress.kubernetes.io/ip-family': 'IPv4',
        'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
      },
    },
    spec: {
      parentRef: { resource: 'services', namespace: metadata.namespace ?? '', name: metadata.name },
    },
  };
  return { commit: () => context.create(IP_ADDRESSES, object), revert: () => undefined };
}

const nothing: Transaction = { commit: () => undefined, revert: () => undefined };

function toNumber({ bytes }: Pick<Address, 'bytes'>): number {
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}

function fromNumber(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}
