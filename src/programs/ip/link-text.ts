import { bridgeSlave } from '../../linux/device/bridge/slave-kind.ts';
import type { Device } from '../../linux/device/device.ts';
import { type KnownKind, known } from '../../linux/device/kind.ts';
import { kindOf } from '../../linux/device/kinds.ts';
import { deviceFlags, operationalState } from '../../linux/device/state.ts';
import { BROADCAST_MAC, formatIp, formatMac } from '../../linux/packet/address.ts';
import { type IpContext, type IpOptions, namespaceName } from '../iproute2/context.ts';
import type { JsonValue } from '../iproute2/json.ts';
import { formatGroup } from './link-words.ts';

/** What `ip link` and `ip addr` both say about a device. */
export interface LinkFacts {
  readonly device: Device;
  /** `eth0@if5`, or `eth0@veth0` where the peer is in the same namespace. */
  readonly title: string;
  readonly state: string;
  readonly flags: readonly string[];
  /** ` link-netns NAME`, ` link-netnsid N` or nothing. */
  readonly peerNamespace: string;
  readonly peer: Device | undefined;
  readonly peerNamespaceId: number | undefined;
}

export function linkFacts(context: IpContext, device: Device): LinkFacts {
  const { netns } = context;
  const id = netns.peerNamespaceId(device);
  const peer = device.linkIndex === undefined || id !== undefined ? undefined : netns.link(device.linkIndex);
  let title = device.name;
  if (peer !== undefined) title += `@${peer.name}`;
  else if (device.linkIndex === 0) title += '@NONE';
  else if (device.linkIndex !== undefined) title += `@if${device.linkIndex}`;
  const name = namespaceName(context, device.linkNamespace);
  const peerNamespace = id === undefined ? '' : name === undefined ? ` link-netnsid ${id}` : ` link-netns ${name}`;
  const state = operationalState(device, (index) => netns.link(index));
  return { device, title, state, flags: deviceFlags(device, peer), peerNamespace, peer, peerNamespaceId: id };
}

function qdisc(device: Device): string {
  return device.queue?.kind ?? (device.wasUp ? 'noqueue' : 'noop');
}

export interface LinkTextOptions {
  /** `ip link` says `mode DEFAULT`, `ip addr` doesn't. */
  readonly mode: boolean;
  /** With an address family the second line is left out. */
  readonly hardware: boolean;
}

/** The lines about a device, joined as `-o` wants it or not. */
export function linkText(context: IpContext, device: Device, { mode, hardware }: LinkTextOptions): string {
  const { options } = context;
  const facts = linkFacts(context, device);
  const newline = options.oneline ? '\\' : '\n';
  let text =
    `${device.index}: ${facts.title}: <${facts.flags.join(',')}> mtu ${device.mtu} qdisc ${qdisc(device)} ` +
    `${device.port === undefined ? '' : `master ${device.port.master.name} `}state ${facts.state} ${mode ? 'mode DEFAULT ' : ''}group ${formatGroup(device.group)} ` +
    (device.queueLength === 0 ? '' : `qlen ${device.queueLength}`);
  if (hardware) {
    text += `${newline}    link/${device.traits.linkType} ${hardwareText(device)}`;
  }
  text += facts.peerNamespace;
  if (hardware && options.details) text += detailsText(device, mode, newline);
  if (mode && device.alias !== '') text += `${newline}    alias ${device.alias}`;
  return text;
}

/** `ADDRESS brd ADDRESS`, or a tunnel's ends, or nothing. */
function hardwareText(device: Device): string {
  const { endpoints, traits } = device;
  if (traits.linkType === 'none') return '';
  if (endpoints === undefined) return `${formatMac(device.mac)} brd ${formatMac(broadcastOf(device))}`;
  const word = traits.flags.includes('POINTOPOINT') ? 'peer' : 'brd';
  return `${formatIp(endpoints.local)} ${word} ${formatIp(endpoints.remote)}`;
}

/** The same for `ip -j`. */
function hardwareJson(device: Device): Record<string, JsonValue | undefined> {
  const { endpoints, traits } = device;
  if (traits.linkType === 'none') return {};
  const [address, broadcast] =
    endpoints === undefined
      ? [formatMac(device.mac), formatMac(broadcastOf(device))]
      : [formatIp(endpoints.local), formatIp(endpoints.remote)];
  return { address, link_pointtopoint: traits.flags.includes('POINTOPOINT') || undefined, broadcast };
}

function broadcastOf(device: Device): number {
  return device.ethernet ? BROADCAST_MAC : 0;
}

/** What the kinds say of themselves: the device's own, and that of the bridge whose port it is. */
function kindsOf(device: Device): { readonly kind: KnownKind | undefined; readonly slave: KnownKind | undefined } {
  return { kind: kindOf(device), slave: slave.is(device) ? slave : undefined };
}

const slave = known(bridgeSlave);

/** IPV6_MIN_MTU: a device whose MTU is smaller has no IPv6 (ipv6_add_dev), and none of its details. */
const LEAST_IPV6_MTU = 1280;

/** How many want all multicast: a bridge, and whoever typed it. */
function allMulti({ allMulticast }: Device, slave: KnownKind | undefined): number {
  return (slave === undefined ? 0 : 1) + (allMulticast ? 1 : 0);
}

function detailsText(device: Device, mode: boolean, newline: string): string {
  const { leastMtu, mostMtu, queues, tsoMaxSize } = device.traits;
  const { kind, slave } = kindsOf(device);
  const section = (one: KnownKind | undefined) => {
    if (one === undefined) return '';
    const shown = one.show(device).flatMap(({ text }) => (text === undefined ? [] : [`${text} `]));
    return `${newline}    ${one.name} ${shown.join('')}`;
  };
  return (
    ` promiscuity ${device.promiscuity}  allmulti ${allMulti(device, slave)} minmtu ${leastMtu} maxmtu ${mostMtu} ` +
    section(kind) +
    section(slave) +
    (mode && device.mtu >= LEAST_IPV6_MTU ? 'addrgenmode eui64 ' : '') +
    `numtxqueues ${queues} numrxqueues ${queues} gso_max_size 65536 gso_max_segs 65535 ` +
    `tso_max_size ${tsoMaxSize} tso_max_segs 65535 gro_max_size 65536 `
  );
}

/** The members that `ip -d -j` adds. */
function detailsJson(device: Device, mode: boolean): Record<string, JsonValue | undefined> {
  const { leastMtu, mostMtu, queues, tsoMaxSize } = device.traits;
  const { kind, slave } = kindsOf(device);
  const data = (one: KnownKind | undefined) => {
    const shown = one?.show(device).filter(({ value }) => value !== undefined) ?? [];
    return shown.length === 0 ? undefined : Object.fromEntries(shown.map(({ member, value }) => [member, value]));
  };
  const info = {
    info_kind: kind?.name,
    info_data: data(kind),
    info_slave_kind: slave?.name.replace(/_slave$/, ''),
    info_slave_data: data(slave),
  };
  return {
    promiscuity: device.promiscuity,
    allmulti: allMulti(device, slave),
    min_mtu: leastMtu,
    max_mtu: mostMtu,
    linkinfo: kind === undefined && slave === undefined ? undefined : info,
    inet6_addr_gen_mode: mode && device.mtu >= LEAST_IPV6_MTU ? 'eui64' : undefined,
    num_tx_queues: queues,
    num_rx_queues: queues,
    gso_max_size: 65536,
    gso_max_segs: 65535,
    tso_max_size: tsoMaxSize,
    tso_max_segs: 65535,
    gro_max_size: 65536,
  };
}

/** The two tables of `ip -s`, each column as wide as its widest number. */
export function statisticsText({ rx, tx }: Device, { oneline, human, statistics }: Readonly<IpOptions>): string {
  const newline = oneline ? '\\' : '\n';
  const rows = [
    [rx.bytes, rx.packets, rx.errors, rx.dropped, 0, 0],
    [tx.bytes, tx.packets, tx.errors, tx.dropped, tx.carrier, tx.collisions],
  ].map((row) => row.map((count) => readable(count, human)));
  const least = [10, 7, 6, 7, 7, 7];
  // size_columns asks for no more room where numbers are shortened.
  const widths = least.map((width, i) =>
    human === undefined ? Math.max(width, ...rows.map((row) => (row[i] ?? '').length)) : width,
  );
  const table = (label: string, names: readonly string[], values: readonly string[]) => {
    const header = names.map((name, i) => name.padStart((widths[i] ?? 0) - (i === 0 ? label.length + 1 : 0))).join(' ');
    const numbers = values.map((value, i) => value.padStart(widths[i] ?? 0)).join(' ');
    return `${newline}    ${label} ${header}           ${newline}    ${numbers} `;
  };
  const names = ['bytes', 'packets', 'errors', 'dropped'];
  // Kinds of errors and changes of the carrier are not counted here.
  const errors = (label: string, kinds: readonly string[]) => {
    if (statistics < 2) return '';
    const columns = [18, 6, 7, 7, 7];
    const header = kinds
      .map((kind, i) => kind.padStart((columns[i] ?? 0) - (i === 0 ? label.length + 1 : 0)))
      .join(' ');
    const numbers = columns.map((width) => '0'.padStart(width)).join(' ');
    return `${newline}    ${label} ${header}${newline}    ${numbers} `;
  };
  return (
    table('RX:', [...names, 'missed', 'mcast'], rows[0] ?? []) +
    errors('RX errors:', ['length', 'crc', 'frame', 'fifo', 'overrun']) +
    table('TX:', [...names, 'carrier', 'collsns'], rows[1] ?? []) +
    errors('TX errors:', ['aborted', 'fifo', 'window', 'heartbt', 'transns'])
  );
}

/** print_num: three significant digits and k, M, G, ... where `-h` asks for it. */
function readable(count: number, base: 1000 | 1024 | undefined): string {
  if (base === undefined || count < base) return String(count);
  const prefixes = 'kMGTPE';
  let power: number = base;
  let at = 0;
  while (count / base >= power && at < prefixes.length - 1) {
    power *= base;
    at++;
  }
  const whole = count / power;
  const precision = whole < 10 ? 2 : whole < 100 ? 1 : 0;
  return `${whole.toFixed(precision)}${prefixes[at]}${base === 1024 ? 'i' : ''}`;
}

/** Name and state of `ip -br`, padded. */
export function briefText(context: IpContext, device: Device): string {
  const { title, state } = linkFacts(context, device);
  return `${title.padEnd(16)} ${state.padEnd(14)} `;
}

/** The members that come first in `ip -j`; `mode` as above. */
export function linkJson(context: IpContext, device: Device, mode: boolean): Record<string, JsonValue | undefined> {
  const { options } = context;
  const facts = linkFacts(context, device);
  const link = facts.peer?.name;
  const linkIndex = facts.peer === undefined ? device.linkIndex : undefined;
  const address = formatMac(device.mac);
  if (options.brief) {
    const start = {
      link: linkIndex === 0 ? null : link,
      link_index: linkIndex === 0 ? undefined : linkIndex,
      ifname: device.name,
      operstate: facts.state,
    };
    return mode ? { ...start, address, flags: facts.flags } : start;
  }
  return {
    ifindex: device.index,
    link: linkIndex === 0 ? null : link,
    link_index: linkIndex === 0 ? undefined : linkIndex,
    ifname: device.name,
    flags: facts.flags,
    mtu: device.mtu,
    qdisc: qdisc(device),
    master: device.port?.master.name,
    operstate: facts.state,
    linkmode: mode ? 'DEFAULT' : undefined,
    group: formatGroup(device.group),
    txqlen: device.queueLength === 0 ? undefined : device.queueLength,
    link_type: device.traits.linkType,
    ...hardwareJson(device),
    link_netnsid: facts.peerNamespaceId,
    ...(options.details && detailsJson(device, mode)),
    ifalias: mode && device.alias !== '' ? device.alias : undefined,
  };
}

export function statisticsJson({ rx, tx }: Device): JsonValue {
  const counters = ({ bytes, packets, errors, dropped }: Device['rx']) => ({ bytes, packets, errors, dropped });
  return {
    rx: { ...counters(rx), over_errors: 0, multicast: 0 },
    tx: { ...counters(tx), carrier_errors: 0, collisions: 0 },
  };
}
