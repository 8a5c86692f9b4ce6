import type { Device } from '../../linux/device/device.ts';
import type { NetworkNamespace } from '../../linux/namespace.ts';
import { linkTypeOf } from '../../linux/socket/packet.ts';
import { links } from './dissect.ts';
import { TcpdumpError } from './usage.ts';

const ANY = 'any';
/** What libpcap lists beside network devices, and can't be opened here. */
const SOURCES = [
  'bluetooth-monitor (Bluetooth Linux Monitor) [Wireless]',
  'nflog (Linux netfilter log (NFLOG) interface) [none]',
  'nfqueue (Linux netfilter queue (NFQUEUE) interface) [none]',
];

/** Up and running ones first, loopback last, as pcap_findalldevs(3) sorts them. */
function sorted(netns: NetworkNamespace): readonly Device[] {
  const rank = (device: Device) => (device.kind === 'loopback' ? 4 : 0) + (device.up ? (device.carrier ? 0 : 1) : 2);
  return [...netns.links()].sort((a, b) => rank(a) - rank(b) || a.index - b.index);
}

/** `tcpdump -D` */
export function listDevices(netns: NetworkNamespace): string {
  const lines = sorted(netns).map((device) => {
    const flags = device.up ? ['Up'] : [];
    if (device.up && device.carrier) flags.push('Running');
    if (device.kind === 'loopback') flags.push('Loopback');
    else flags.push(device.up && device.carrier ? 'Connected' : 'Disconnected');
    return { text: `${device.name} [${flags.join(', ')}]`, first: device.kind !== 'loopback' && device.up };
  });
  const ordered = [
    ...lines.filter(({ first }) => first).map(({ text }) => text),
    `${ANY} (Pseudo-device that captures on all interfaces) [Up, Running]`,
    ...lines.filter(({ first }) => !first).map(({ text }) => text),
    ...SOURCES,
  ];
  return ordered.map((text, index) => `${index + 1}.${text}\n`).join('');
}

/** The device that `-i` names, by name or number; `undefined` is `any`. Without `-i` the first that -D would list. */
export function openDevice(netns: NetworkNamespace, wanted: string | undefined): Device | undefined {
  if (wanted === ANY) return undefined;
  const name = wanted ?? sorted(netns).find(({ up }) => up)?.name ?? 'lo';
  const device = netns.link(name) ?? numbered(netns, name);
  if (device === ANY) return undefined;
  if (device === undefined) {
    const other = SOURCES.some((source) => source.startsWith(`${name} `));
    throw new TcpdumpError(
      other ? `${name}: is not modelled in this simulation` : `${name}: No such device exists\n(No such device exists)`,
    );
  }
  if (!device.up) throw new TcpdumpError(`${name}: That device is not up`);
  return device;
}

function numbered(netns: NetworkNamespace, name: string): Device | typeof ANY | undefined {
  if (!/^\d+$/.test(name)) return undefined;
  const line = listDevices(netns).split('\n')[Number(name) - 1];
  const found = line?.replace(/^\d+\./, '').replace(/ .*/, '');
  return found === undefined ? undefined : found === ANY ? ANY : netns.link(found);
}

/** `tcpdump -L` */
export function listLinks(device: Device): string {
  const link = links.get(linkTypeOf(device));
  return `Data link types for ${device.name} (use option -y to set):\n  ${link?.name} (${link?.description})\n`;
}
