import { conntrackOf } from '../../conntrack/conntrack.ts';
import type { ConnectionEntry, Tracked, Tuple } from '../../conntrack/tracked.ts';
import type { Passage } from '../../passage.ts';
import { ipv4Address } from '../type/address.ts';
import { ctDirection, ctState, ctStatus } from '../type/conntrack.ts';
import { type DataType, integer } from '../type/datatype.ts';
import { mark, networkProtocol } from '../type/meta.ts';
import { inetProtocol, inetService } from '../type/protocol.ts';
import type { Scalar } from '../value.ts';
import { protocolNumber } from './payload.ts';
import type { Field, Selector } from './selector.ts';

interface CtKey extends Field {
  readonly type: DataType;
  /** Has `original` or `reply` in front. */
  readonly directed?: boolean;
  readonly read: (tracked: Tracked, tuple: Tuple) => Scalar | undefined;
}

const STATE = { new: 8, established: 2, related: 4, untracked: 64 } as const;
const INVALID = 1;

function statusOf(entry: ConnectionEntry): number {
  return (
    (entry.master === undefined ? 0 : 1) |
    (entry.seenReply ? 2 : 0) |
    (entry.assured ? 4 : 0) |
    (entry.confirmed ? 8 : 0) |
    (entry.sourceNat ? 16 : 0) |
    (entry.destinationNat ? 32 : 0)
  );
}

export const ctKeys: Readonly<Record<string, CtKey>> = {
  state: {
    summary: 'new, established, related, untracked; invalid: a packet without a connection',
    type: ctState,
    read: ({ state }) => STATE[state],
  },
  status: { summary: 'what has happened to it', type: ctStatus, read: ({ entry }) => statusOf(entry) },
  direction: {
    summary: 'original: the way of its first packet; reply',
    type: ctDirection,
    read: ({ direction }) => (direction === 'original' ? 0 : 1),
  },
  mark: { summary: "the connection's mark", type: mark, read: ({ entry }) => entry.mark },
  id: { summary: 'its number', type: integer(32), read: ({ entry }) => entry.id },
  l3proto: { summary: 'always ipv4', type: networkProtocol, read: () => 2 },
  protocol: {
    summary: 'the protocol above IP',
    type: inetProtocol,
    read: (_, { protocol }) => protocolNumber[protocol],
  },
  zone: { summary: 'always 0: there are no zones', type: integer(16), read: () => 0 },
  saddr: {
    summary: 'the source address of one direction',
    type: ipv4Address,
    directed: true,
    read: (_, { source }) => source,
  },
  daddr: {
    summary: 'the destination address of one direction',
    type: ipv4Address,
    directed: true,
    read: (_, { destination }) => destination,
  },
  'proto-src': {
    summary: 'the source port of one direction',
    type: inetService,
    directed: true,
    read: (_, { sourcePort }) => sourcePort,
  },
  'proto-dst': {
    summary: 'the destination port of one direction',
    type: inetService,
    directed: true,
    read: (_, { destinationPort }) => destinationPort,
  },
};

/** Keys of nft's that are not modelled. */
export const refusedCtKeys = [
  'expiration',
  'helper',
  'label',
  'event',
  'packets',
  'bytes',
  'avgpkt',
  'secmark',
  'count',
];

/** A packet that nobody has found a connection for is invalid, and has nothing else (nft_ct_get_eval). */
function reader(name: string, key: CtKey, direction: 'original' | 'reply' | undefined) {
  if (name === 'state') {
    return ({ skb: { connection } }: Passage) => (connection === undefined ? INVALID : STATE[connection.state]);
  }
  return ({ skb: { connection } }: Passage): Scalar | undefined => {
    if (connection === undefined || connection.state === 'untracked') return undefined;
    return key.read(connection, connection.entry[direction ?? connection.direction]);
  };
}

/** Addresses are printed with their family: `ct original ip saddr`. */
export function ctSelector(name: string, direction?: 'original' | 'reply'): Selector | undefined {
  const key = Object.hasOwn(ctKeys, name) ? ctKeys[name] : undefined;
  if (key === undefined || (direction !== undefined) !== (key.directed === true)) return undefined;
  const way = direction === undefined ? '' : `${direction} ${name.endsWith('addr') ? 'ip ' : ''}`;
  const read = reader(name, key, direction);
  return {
    text: `ct ${way}${name}`,
    type: key.type,
    compile: ({ stack }) => {
      conntrackOf(stack);
      return read;
    },
    ...(name === 'mark' && {
      write: ({ stack }) => {
        const conntrack = conntrackOf(stack);
        return ({ skb: { connection } }: Passage, value: Scalar) => {
          if (connection === undefined || connection.state === 'untracked') return;
          conntrack.setMark(connection.entry, value as number);
        };
      },
    }),
  };
}
