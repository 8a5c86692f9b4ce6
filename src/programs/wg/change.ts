import { formatKey, parseKey } from '../../linux/device/wireguard/key.ts';
import type { WireguardPeer } from '../../linux/device/wireguard/peer.ts';
import type { Wireguard } from '../../linux/device/wireguard/wireguard.ts';
import { publicKey } from '../../linux/device/wireguard/x25519.ts';
import { LinuxError } from '../../linux/errno.ts';
import { resolvePath } from '../../linux/files/path.ts';
import type { Prefix } from '../../linux/packet/address.ts';
import type { Process } from '../../linux/process/process.ts';
import { readAll } from '../../linux/process/streams.ts';
import { allowedIpsWord, endpointWord, keepaliveWord, keyWord, markWord, portWord, WgError } from './words.ts';

/** What a command line or a file wants of one peer. */
export interface PeerChange {
  readonly publicKey: string;
  remove?: boolean;
  preshared?: string;
  endpoint?: WireguardPeer['endpoint'];
  keepalive?: number;
  allowed?: readonly Prefix[];
}

/** What a command line or a file wants of an interface. Keys are base64; an empty one goes away. */
export interface InterfaceChange {
  port?: number;
  mark?: number;
  privateKey?: string;
  readonly peers: PeerChange[];
}

/** `wg set`: the whole line is read before anything changes. */
export async function change(process: Process, find: () => Wireguard, words: readonly string[]): Promise<void> {
  const wanted: InterfaceChange = { peers: [] };
  let peer: PeerChange | undefined;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const value = words[i + 1];
    if (word === 'remove' && peer !== undefined) {
      peer.remove = true;
      continue;
    }
    if (value === undefined) throw new WgError(`Invalid argument: ${word}`);
    if (word === 'peer') wanted.peers.push((peer = { publicKey: keyWord(value) }));
    else if (peer === undefined) await interfaceWord(process, wanted, word, value);
    else await peerWord(process, peer, word, value);
    i++;
  }
  apply(find(), wanted);
}

async function interfaceWord(process: Process, wanted: InterfaceChange, word: string, value: string): Promise<void> {
  if (word === 'listen-port') wanted.port = portWord(value);
  else if (word === 'fwmark') wanted.mark = markWord(value);
  else if (word === 'private-key') wanted.privateKey = await keyFile(process, value);
  else throw new WgError(`Invalid argument: ${word}`);
}

async function peerWord(process: Process, peer: PeerChange, word: string, value: string): Promise<void> {
  if (word === 'endpoint') peer.endpoint = endpointWord(value);
  else if (word === 'allowed-ips') peer.allowed = allowedIpsWord(value);
  else if (word === 'persistent-keepalive') peer.keepalive = keepaliveWord(value);
  else if (word === 'preshared-key') peer.preshared = await keyFile(process, value);
  else throw new WgError(`Invalid argument: ${word}`);
}

/** @returns base64; '' for an empty file: the key goes away */
async function keyFile(process: Process, path: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes =
      path === '/dev/stdin'
        ? await readAll(process.stdin, process.signals.ended)
        : process.files.read(resolvePath(process.cwd, path));
  } catch (error) {
    if (error instanceof LinuxError) throw new WgError(`fopen: ${error.message}`);
    throw error;
  }
  const text = new TextDecoder().decode(bytes).trim();
  if (text !== '' && text.length !== 44) throw new WgError('Invalid length key in key file');
  return text === '' ? '' : keyWord(text);
}

/** Throws `LinuxError`. */
export function apply(device: Wireguard, wanted: InterfaceChange): void {
  const { port, mark, privateKey, peers } = wanted;
  if (port !== undefined) device.listenPort = port;
  if (mark !== undefined) device.mark = mark;
  if (privateKey !== undefined) {
    const bytes = parseKey(privateKey);
    device.privateKey = bytes === undefined ? undefined : privateKey;
    device.publicKey = bytes === undefined ? undefined : formatKey(publicKey(bytes));
    // wg_set_device: nobody is a peer of themselves.
    if (device.publicKey !== undefined) device.removePeer(device.publicKey);
  }
  for (const one of peers) applyPeer(device, one);
}

function applyPeer(device: Wireguard, wanted: PeerChange): void {
  const { publicKey: key, remove, preshared, endpoint, keepalive, allowed } = wanted;
  if (remove === true) {
    device.removePeer(key);
    return;
  }
  if (key === device.publicKey) return;
  const peer = device.peer(key);
  if (preshared !== undefined) peer.preshared = preshared === '' ? undefined : preshared;
  if (endpoint !== undefined) peer.endpoint = endpoint;
  if (keepalive !== undefined) peer.keepalive = keepalive;
  if (allowed !== undefined) {
    device.allowed.forget(peer);
    for (const prefix of allowed) device.allowed.add(prefix, peer);
  }
}
