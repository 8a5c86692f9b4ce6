/** What one part of an element is. A `net` is an address with a prefix length, a `port` has its protocol before it. */
export type Part = 'ip' | 'net' | 'port' | 'plain-port' | 'set';

/** A kind of set: what its elements are made of, and what the tool says of it. A new one is one entry of `setTypes`. */
export interface SetType {
  readonly name: string;
  readonly summary: string;
  /** The newest that this kernel and tool know. */
  readonly revision: number;
  readonly parts: readonly Part[];
  /** Bytes that an empty set takes, and an element's own (net/netfilter/ipset on x86-64). */
  readonly memory: { readonly empty: number; readonly element: number };
  /** Options of `create` beside timeout, counters and comment. */
  readonly options: readonly ('hash' | 'netmask' | 'range' | 'size')[];
}

const HASH = ['hash'] as const;

export const setTypes: readonly SetType[] = [
  {
    name: 'hash:ip',
    summary: 'addresses, or networks of one size',
    revision: 6,
    parts: ['ip'],
    memory: { empty: 216, element: 4 },
    options: ['hash', 'netmask'],
  },
  {
    name: 'hash:net',
    summary: 'networks of any size; the smallest one that fits decides',
    revision: 7,
    parts: ['net'],
    memory: { empty: 456, element: 8 },
    options: HASH,
  },
  {
    name: 'hash:ip,port',
    summary: 'addresses with a protocol and port',
    revision: 7,
    parts: ['ip', 'port'],
    memory: { empty: 216, element: 8 },
    options: ['hash', 'netmask'],
  },
  {
    name: 'hash:net,port',
    summary: 'networks with a protocol and port',
    revision: 8,
    parts: ['net', 'port'],
    memory: { empty: 456, element: 8 },
    options: HASH,
  },
  {
    name: 'hash:ip,port,ip',
    summary: 'addresses with a protocol and port and a second address',
    revision: 6,
    parts: ['ip', 'port', 'ip'],
    memory: { empty: 208, element: 12 },
    options: HASH,
  },
  {
    name: 'hash:ip,port,net',
    summary: 'addresses with a protocol and port and a network',
    revision: 8,
    parts: ['ip', 'port', 'net'],
    memory: { empty: 456, element: 16 },
    options: HASH,
  },
  {
    name: 'bitmap:port',
    summary: 'ports of a range, whatever their protocol',
    revision: 3,
    parts: ['plain-port'],
    memory: { empty: 72, element: 0 },
    options: ['range'],
  },
  {
    name: 'list:set',
    summary: 'other sets, asked one after another',
    revision: 3,
    parts: ['set'],
    memory: { empty: 80, element: 48 },
    options: ['size'],
  },
];

/** What ipset 7.17 has beside them. */
const OTHERS =
  'bitmap:ip bitmap:ip,mac hash:mac hash:ip,mac hash:ip,mark hash:net,iface hash:net,net hash:net,port,net'.split(' ');

export function findSetType(name: string): SetType | undefined {
  return setTypes.find((type) => type.name === name);
}

export function isOtherSetType(name: string): boolean {
  return OTHERS.includes(name);
}
