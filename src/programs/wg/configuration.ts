import type { Wireguard } from '../../linux/device/wireguard/wireguard.ts';
import { LinuxError } from '../../linux/errno.ts';
import { resolvePath } from '../../linux/files/path.ts';
import { formatIp, formatPrefix } from '../../linux/packet/address.ts';
import type { Process } from '../../linux/process/process.ts';
import { apply, type InterfaceChange, type PeerChange } from './change.ts';
import { allowedIpsWord, endpointWord, keepaliveWord, keyWord, markWord, portWord, WgError } from './words.ts';

/** `wg showconf` */
export async function showConfiguration(process: Process, device: Wireguard): Promise<number> {
  const lines = ['[Interface]'];
  if (device.listenPort !== 0) lines.push(`ListenPort = ${device.listenPort}`);
  if (device.mark !== 0) lines.push(`FwMark = 0x${device.mark.toString(16)}`);
  if (device.privateKey !== undefined) lines.push(`PrivateKey = ${device.privateKey}`);
  lines.push('');
  const sections = [...device.peers.values()].map((peer) => {
    const { publicKey, preshared, endpoint, keepalive } = peer;
    const section = ['[Peer]', `PublicKey = ${publicKey}`];
    if (preshared !== undefined) section.push(`PresharedKey = ${preshared}`);
    const allowed = device.allowed.of(peer);
    if (allowed.length > 0) section.push(`AllowedIPs = ${allowed.map(formatPrefix).join(', ')}`);
    if (endpoint !== undefined) section.push(`Endpoint = ${formatIp(endpoint.address)}:${endpoint.port}`);
    if (keepalive > 0) section.push(`PersistentKeepalive = ${keepalive}`);
    return `${section.join('\n')}\n`;
  });
  await process.stdout.write(`${lines.join('\n')}\n${sections.join('\n')}`);
  return 0;
}

/** `wg setconf`, `addconf` and `syncconf`; with `replace` peers that the file doesn't name go. */
export async function applyFile(
  process: Process,
  find: () => Wireguard,
  path: string,
  replace: boolean,
): Promise<number> {
  let text: string;
  try {
    text = new TextDecoder().decode(process.files.read(resolvePath(process.cwd, path)));
  } catch (error) {
    if (error instanceof LinuxError) throw new WgError(`fopen: ${error.message}`);
    throw error;
  }
  const wanted = parse(text);
  const device = find();
  if (replace) {
    const named = new Set(wanted.peers.map(({ publicKey }) => publicKey));
    for (const key of [...device.peers.keys()]) if (!named.has(key)) device.removePeer(key);
    for (const peer of wanted.peers) peer.allowed ??= [];
  }
  apply(device, wanted);
  return 0;
}

/** wg(8), CONFIGURATION FILE FORMAT. */
function parse(text: string): InterfaceChange {
  const wanted: InterfaceChange = { peers: [] };
  let section: 'interface' | 'peer' | undefined;
  let peer: PeerChange | undefined;
  for (const raw of text.split('\n')) {
    const line = raw.replace(/#.*/, '').replace(/\s+/g, '');
    if (line === '') continue;
    const [, name = '', value = ''] = /^([^=]+)=(.*)$/.exec(line) ?? [];
    const key = name.toLowerCase();
    if (/^\[interface\]$/i.test(line)) section = 'interface';
    else if (/^\[peer\]$/i.test(line)) {
      section = 'peer';
      peer = undefined;
    } else if (section === 'interface' && key === 'listenport') wanted.port = portWord(value);
    else if (section === 'interface' && key === 'fwmark') wanted.mark = markWord(value);
    else if (section === 'interface' && key === 'privatekey') wanted.privateKey = keyWord(value);
    else if (section === 'peer' && key === 'publickey') wanted.peers.push((peer = { publicKey: keyWord(value) }));
    else if (section !== 'peer' || peer === undefined || !peerLine(peer, key, value)) {
      throw new WgError(`Line unrecognized: \`${line}'\nConfiguration parsing error`);
    }
  }
  return wanted;
}

function peerLine(peer: PeerChange, key: string, value: string): boolean {
  if (key === 'endpoint') peer.endpoint = endpointWord(value);
  else if (key === 'allowedips') peer.allowed = [...(peer.allowed ?? []), ...allowedIpsWord(value)];
  else if (key === 'persistentkeepalive') peer.keepalive = keepaliveWord(value);
  else if (key === 'presharedkey') peer.preshared = keyWord(value);
  else return false;
  return true;
}
