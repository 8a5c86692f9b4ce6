import type { WireguardPeer } from '../../linux/device/wireguard/peer.ts';
import type { Wireguard } from '../../linux/device/wireguard/wireguard.ts';
import { formatIp, formatPrefix } from '../../linux/packet/address.ts';
import type { Process } from '../../linux/process/process.ts';
import { WgError } from './words.ts';

const USAGE =
  'Usage: wg show { <interface> | all | interfaces } [public-key | private-key | listen-port | fwmark | peers | preshared-keys | endpoints | allowed-ips | latest-handshakes | transfer | persistent-keepalive | dump]';

/** `wg show` */
export async function show(
  process: Process,
  all: readonly Wireguard[],
  find: (name: string) => Wireguard,
  args: readonly string[],
): Promise<number> {
  const [name = 'all', field, ...rest] = args;
  if (name === '-h' || name === '--help' || name === 'help' || rest.length > 0) throw new WgError(USAGE);
  if (name === 'interfaces') {
    if (field !== undefined) throw new WgError(USAGE);
    if (all.length > 0) await process.stdout.write(`${all.map((device) => device.name).join(' ')}\n`);
    return 0;
  }
  const shown = name === 'all' ? all : [find(name)];
  if (field === undefined) {
    const now = process.clock.wall();
    await process.stdout.write(shown.map((device) => pretty(device, now, process.env)).join('\n'));
    return 0;
  }
  const lines = fields[field];
  if (lines === undefined) throw new WgError(`Invalid parameter: \`${field}'\n${USAGE}`);
  const start = (device: Wireguard) => (name === 'all' ? `${device.name}\t` : '');
  const text = shown.flatMap((device) => lines(device).map((line) => `${start(device)}${line}\n`)).join('');
  if (text !== '') await process.stdout.write(text);
  return 0;
}

const endpointOf = ({ endpoint }: WireguardPeer) =>
  endpoint === undefined ? '(none)' : `${formatIp(endpoint.address)}:${endpoint.port}`;
const allowedOf = (device: Wireguard, peer: WireguardPeer, between: string) =>
  device.allowed.of(peer).map(formatPrefix).join(between) || '(none)';
const secondsOf = ({ handshake }: WireguardPeer) => (handshake === undefined ? 0 : Math.floor(handshake / 1000));
const markOf = ({ mark }: Wireguard) => (mark === 0 ? 'off' : `0x${mark.toString(16)}`);
const keepaliveOf = ({ keepalive }: WireguardPeer) => (keepalive === 0 ? 'off' : String(keepalive));

const peers = (line: (peer: WireguardPeer, device: Wireguard) => string) => (device: Wireguard) =>
  [...device.peers.values()].map((peer) => line(peer, device));

const fields: Readonly<Record<string, (device: Wireguard) => readonly string[]>> = {
  'public-key': ({ publicKey }) => [publicKey ?? '(none)'],
  'private-key': ({ privateKey }) => [privateKey ?? '(none)'],
  'listen-port': ({ listenPort }) => [String(listenPort)],
  fwmark: (device) => [markOf(device)],
  peers: peers(({ publicKey }) => publicKey),
  'preshared-keys': peers(({ publicKey, preshared }) => `${publicKey}\t${preshared ?? '(none)'}`),
  endpoints: peers((peer) => `${peer.publicKey}\t${endpointOf(peer)}`),
  'allowed-ips': peers((peer, device) => `${peer.publicKey}\t${allowedOf(device, peer, ' ')}`),
  'latest-handshakes': peers((peer) => `${peer.publicKey}\t${secondsOf(peer)}`),
  transfer: peers(({ publicKey, received, sent }) => `${publicKey}\t${received}\t${sent}`),
  'persistent-keepalive': peers((peer) => `${peer.publicKey}\t${keepaliveOf(peer)}`),
  dump: (device) => [
    [device.privateKey ?? '(none)', device.publicKey ?? '(none)', device.listenPort, markOf(device)].join('\t'),
    ...peers((peer) =>
      [
        peer.publicKey,
        peer.preshared ?? '(none)',
        endpointOf(peer),
        allowedOf(device, peer, ','),
        secondsOf(peer),
        peer.received,
        peer.sent,
        keepaliveOf(peer),
      ].join('\t'),
    )(device),
  ],
};

/** The layout of wg's show.c; the peer that spoke last comes first. */
function pretty(device: Wireguard, now: number, env: ReadonlyMap<string, string>): string {
  const hidden = (key: string) => (env.get('WG_HIDE_KEYS') === 'never' ? key : '(hidden)');
  const lines = [`interface: ${device.name}`];
  if (device.publicKey !== undefined) lines.push(`  public key: ${device.publicKey}`);
  if (device.privateKey !== undefined) lines.push(`  private key: ${hidden(device.privateKey)}`);
  if (device.listenPort !== 0) lines.push(`  listening port: ${device.listenPort}`);
  if (device.mark !== 0) lines.push(`  fwmark: ${markOf(device)}`);
  const sorted = [...device.peers.values()].sort((a, b) => (b.handshake ?? 0) - (a.handshake ?? 0));
  for (const peer of sorted) {
    lines.push('', `peer: ${peer.publicKey}`);
    if (peer.preshared !== undefined) lines.push(`  preshared key: ${hidden(peer.preshared)}`);
    if (peer.endpoint !== undefined) lines.push(`  endpoint: ${endpointOf(peer)}`);
    lines.push(`  allowed ips: ${allowedOf(device, peer, ', ')}`);
    if (peer.handshake !== undefined) lines.push(`  latest handshake: ${ago(now, peer.handshake)}`);
    if (peer.received > 0 || peer.sent > 0) {
      lines.push(`  transfer: ${bytes(peer.received)} received, ${bytes(peer.sent)} sent`);
    }
    if (peer.keepalive > 0) lines.push(`  persistent keepalive: every ${duration(peer.keepalive)}`);
  }
  return `${lines.join('\n')}\n`;
}

function ago(now: number, then: number): string {
  const seconds = Math.floor(now / 1000) - Math.floor(then / 1000);
  return seconds <= 0 ? 'Now' : `${duration(seconds)} ago`;
}

const UNITS = [
  ['year', 365 * 24 * 60 * 60],
  ['day', 24 * 60 * 60],
  ['hour', 60 * 60],
  ['minute', 60],
  ['second', 1],
] as const;

function duration(seconds: number): string {
  let left = seconds;
  const parts: string[] = [];
  for (const [name, length] of UNITS) {
    const count = Math.floor(left / length);
    left -= count * length;
    if (count > 0) parts.push(`${count} ${name}${count === 1 ? '' : 's'}`);
  }
  return parts.join(', ');
}

function bytes(count: number): string {
  if (count < 1024) return `${count} B`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  let value = count / 1024;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(2)} ${units[unit]}`;
}
