import { formatAddress, formatCidr, maskedBytes, parseAddress, parseCidr } from './ip.ts';

/** What is accepted and shouldn't be written. Source: apimachinery/pkg/util/validation/ip.go. */
export function ipWarnings(path: string, value: string): string[] {
  const address = parseAddress(value);
  if (address === undefined) return [];
  const canonical = formatAddress(address);
  if (address.zeros || address.mapped) {
    return [`${path}: non-standard IP address "${value}" is invalid: use "${canonical}"`];
  }
  if (address.family === 'IPv4' || canonical === value) return [];
  return [`${path}: IPv6 address "${value}" should be in RFC 5952 canonical format ("${canonical}")`];
}

export function cidrWarnings(path: string, value: string): string[] {
  const prefix = parseCidr(value);
  if (prefix === undefined) return [];
  const { address, length, zeros } = prefix;
  const warnings: string[] = [];
  const canonical = formatCidr(prefix);
  if (maskedBytes(prefix).join() !== address.bytes.join()) {
    const single = `${formatAddress(address)}/${address.bytes.length * 8}`;
    warnings.push(
      `${path}: CIDR value "${value}" is ambiguous in this context (should be "${canonical}" or "${single}"?)`,
    );
  }
  if (zeros || address.mapped) {
    warnings.push(`${path}: non-standard CIDR value "${value}" is invalid: use "${canonical}"`);
  } else if (warnings.length === 0 && address.family === 'IPv6' && `${formatAddress(address)}/${length}` !== value) {
    warnings.push(
      `${path}: IPv6 CIDR value "${value}" should be in RFC 5952 canonical format ("${formatAddress(address)}/${length}")`,
    );
  }
  return warnings;
}
