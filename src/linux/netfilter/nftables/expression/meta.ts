import type { Device } from '../../../device/device.ts';
import { hardwareType } from '../../../device/hardware-type.ts';
import { BROADCAST_ADDRESS, isMulticast } from '../../../packet/address.ts';
import { packetLength } from '../../../packet/size.ts';
import type { Passage } from '../../passage.ts';
import type { Runtime } from '../runtime.ts';
import { type DataType, integer } from '../type/datatype.ts';
import { etherType } from '../type/header.ts';
import {
  groupId,
  interfaceIndex,
  interfaceName,
  interfaceType,
  mark,
  networkProtocol,
  packetType,
  priorityValue,
  userId,
} from '../type/meta.ts';
import { inetProtocol } from '../type/protocol.ts';
import type { Scalar } from '../value.ts';
import { protocolNumber } from './payload.ts';
import type { Field, Selector } from './selector.ts';

interface MetaKey extends Field {
  readonly type: DataType;
  /** `bare`: read without `meta` too, and printed so; `short`: read without it, printed with it. */
  readonly spelled?: 'bare' | 'short';
  readonly read?: (passage: Passage, runtime: Runtime) => Scalar | undefined;
  readonly write?: (passage: Passage, value: number) => void;
}

const typeOf = (device: Device | undefined) => (device === undefined ? undefined : hardwareType(device));

/** How the packet came in: PACKET_HOST, PACKET_BROADCAST, PACKET_MULTICAST. */
function packetTypeOf({ packet, in: input }: Passage, { stack }: Runtime): number {
  if (packet.destination === BROADCAST_ADDRESS) return 1;
  if (isMulticast(packet.destination)) return 2;
  return input !== undefined && stack.fib.lookup({ destination: packet.destination })?.type === 'broadcast' ? 1 : 0;
}

export const metaKeys: Readonly<Record<string, MetaKey>> = {
  length: { summary: "the packet's length", type: integer(32), read: ({ packet }) => packetLength(packet) },
  protocol: { summary: 'always ip', type: etherType, read: () => 0x0800 },
  nfproto: { summary: 'always ipv4', type: networkProtocol, read: () => 2 },
  l4proto: {
    summary: 'the protocol above IP',
    type: inetProtocol,
    read: ({ packet }) => protocolNumber[packet.payload.protocol],
  },
  mark: {
    summary: "the packet's mark",
    type: mark,
    spelled: 'short',
    read: ({ skb }) => skb.mark,
    write: ({ skb }, value) => {
      skb.mark = value;
    },
  },
  priority: { summary: 'always 0: there are no queueing classes', type: priorityValue, read: () => 0 },
  iif: {
    summary: 'the device that it came in by',
    type: interfaceIndex,
    spelled: 'bare',
    read: (passage) => passage.in?.index ?? 0,
  },
  oif: {
    summary: 'the device that it goes out by',
    type: interfaceIndex,
    spelled: 'bare',
    read: ({ out }) => out?.index ?? 0,
  },
  iifname: {
    summary: 'the name of the device that it came in by',
    type: interfaceName,
    spelled: 'bare',
    // Where there is none, the kernel compares with an empty name, and with the index 0 (nft_meta_store_ifname).
    read: (passage) => passage.in?.name ?? '',
  },
  oifname: {
    summary: 'the name of the device that it goes out by',
    type: interfaceName,
    spelled: 'bare',
    read: ({ out }) => out?.name ?? '',
  },
  iiftype: {
    summary: 'the kind of the device that it came in by',
    type: interfaceType,
    spelled: 'short',
    read: (passage) => typeOf(passage.in),
  },
  oiftype: {
    summary: 'the kind of the device that it goes out by',
    type: interfaceType,
    spelled: 'short',
    read: ({ out }) => typeOf(out),
  },
  skuid: {
    summary: 'the user whose socket sent it',
    type: userId,
    spelled: 'short',
    read: ({ owner }) => (owner === undefined ? undefined : (owner.uid ?? 0)),
  },
  skgid: {
    summary: 'the group whose socket sent it: as the user',
    type: groupId,
    spelled: 'short',
    read: ({ owner }) => (owner === undefined ? undefined : (owner.uid ?? 0)),
  },
  nftrace: {
    summary: 'set: the rules that it meets from here on are told to `nft monitor trace`',
    type: integer(1),
    spelled: 'short',
    write: ({ skb }, value) => {
      skb.trace = value !== 0;
    },
  },
  pkttype: { summary: 'to this host, broadcast or multicast', type: packetType, spelled: 'short', read: packetTypeOf },
  cpu: { summary: 'always 0: there is one', type: integer(32), spelled: 'short', read: () => 0 },
  random: { summary: 'a random number', type: integer(32), read: (_, { stack }) => stack.random.uint32() },
};

/** nft's list of keys (src/meta.c), which its error names. */
export const knownMetaKeys =
  'length, protocol, priority, mark, iif, oif, iifname, oifname, iiftype, oiftype, skuid, skgid, nftrace, rtclassid, ' +
  'secmark, nfproto, l4proto, ibrname, obrname, pkttype, cpu, iifgroup, oifgroup, cgroup, random, ipsec, iifkind, ' +
  'oifkind, ibrpvid, ibrvproto, time, day, hour, sdif, sdifname';

export function metaSelector(name: string): Selector | undefined {
  const key = Object.hasOwn(metaKeys, name) ? metaKeys[name] : undefined;
  if (key === undefined) return undefined;
  const { type, read, write } = key;
  return {
    text: key.spelled === 'bare' ? name : `meta ${name}`,
    type,
    compile: (runtime) => (read === undefined ? () => undefined : (passage) => read(passage, runtime)),
    ...(read === undefined && { unreadable: true }),
    ...(write !== undefined && { write: () => (passage, value) => write(passage, value as number) }),
  };
}
