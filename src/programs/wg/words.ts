import { parseKey } from '../../linux/device/wireguard/key.ts';
import type { WireguardEndpoint } from '../../linux/device/wireguard/peer.ts';
import { type Prefix, parseIp, parsePrefix } from '../../linux/packet/address.ts';

/** Ends `wg` with a message and status 1. */
export class WgError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WgError';
  }
}

export function keyWord(word: string): string {
  if (parseKey(word) === undefined) throw new WgError(`Key is not the correct length or format: \`${word}'`);
  return word;
}

export function portWord(word: string): number {
  if (word === '') throw new WgError('Unable to parse empty port');
  if (!/^\d+$/.test(word) || Number(word) > 65535) {
    throw new WgError(`Servname not supported for ai_socktype: \`${word}'`);
  }
  return Number(word);
}

export function markWord(word: string): number {
  if (word === 'off') return 0;
  const mark = /^(0x[\da-f]+|\d+)$/i.test(word) ? Number(word) : Number.NaN;
  if (!(mark <= 0xffffffff)) throw new WgError(`Fwmark is neither 0/off nor 0-0xffffffff: \`${word}'`);
  return mark;
}

export function keepaliveWord(word: string): number {
  if (word === 'off') return 0;
  if (!/^\d+$/.test(word) || Number(word) > 65535) {
    throw new WgError(`Persistent keepalive interval is neither 0/off nor 1-65535: \`${word}'`);
  }
  return Number(word);
}

/** An address and a port; names are not looked up. */
export function endpointWord(word: string): WireguardEndpoint {
  if (word === '') throw new WgError('Unable to parse empty endpoint');
  const at = word.lastIndexOf(':');
  if (at < 0 || at === word.length - 1) throw new WgError(`Unable to find port of endpoint: \`${word}'`);
  const address = parseIp(word.slice(0, at));
  if (address === undefined) throw new WgError(`Name or service not known: \`${word}'`);
  return { address, port: portWord(word.slice(at + 1)) };
}

export function allowedIpsWord(word: string): readonly Prefix[] {
  const prefixes: Prefix[] = [];
  for (const one of word.split(',').map((part) => part.trim())) {
    if (one === '') continue;
    const [address = '', length = '32', ...rest] = one.split('/');
    if (parseIp(address) === undefined) {
      throw new WgError(
        /^[\d.]+$/.test(address)
          ? `Unable to parse IP address: \`${address}'`
          : `Neither IPv4 nor IPv6 address found: \`${address}'`,
      );
    }
    const prefix = rest.length === 0 ? parsePrefix(`${address}/${length}`) : undefined;
    if (prefix === undefined) throw new WgError(`AllowedIP is not in the correct format: \`${one}'`);
    prefixes.push(prefix);
  }
  return prefixes;
}
