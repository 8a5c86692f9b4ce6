import { netmask } from '../../packet/address.ts';
import { type MaskedAddress, parseAddress } from './kind.ts';
import { parseNumber } from './names.ts';
import { Problem } from './problem.ts';

/** `10.0.0.0/8,192.168.1.1`: each with its mask, host bits cleared (xtables_ipparse_multiple). Throws `Problem`. */
export function parseAddresses(text: string): readonly MaskedAddress[] {
  return text.split(',').map((part) => parseMasked(part.trimStart()));
}

function parseMasked(text: string): MaskedAddress {
  const slash = text.indexOf('/');
  const host = slash < 0 ? text : text.slice(0, slash);
  const mask = slash < 0 ? 0xffffffff : parseMask(text.slice(slash + 1));
  const address = parseHost(host, mask);
  return { address: (address & mask) >>> 0, mask };
}

/** A prefix length or a dotted mask. */
function parseMask(text: string): number {
  const length = parseNumber(text, 32);
  if (length !== undefined) return netmask(length);
  const dotted = text.split('.').length === 4 ? parseAddress(text) : undefined;
  if (dotted === undefined) throw new Problem(`invalid mask \`${text}' specified`);
  return dotted;
}

/** Names are not looked up but for the one that /etc/hosts always has. */
function parseHost(text: string, mask: number): number {
  if (text === 'localhost') return 0x7f000001;
  // A network's missing bytes are zeros (`10.1/16` is 10.1.0.0/16), also where there is no mask.
  const parts = text.split('.');
  const dotted = parts.length < 4 && /^\d+(\.\d+)*$/.test(text) && (parts.length > 1 || mask !== 0xffffffff);
  const address = parseAddress(dotted ? [...parts, '0', '0', '0'].slice(0, 4).join('.') : text);
  if (address === undefined && parts.length === 1 && parseNumber(text, 255) !== undefined)
    return Number(text) * 2 ** 24;
  if (address === undefined) throw new Problem(`host/network \`${text}' not found`);
  return !dotted && parts.length === 1 && /^\d+$/.test(text) && address < 256 ? address * 2 ** 24 : address;
}
