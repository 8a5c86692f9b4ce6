import { formatIp, parseIp } from '../../../packet/address.ts';
import type { RuleHead } from '../extension.ts';
import type { Kind } from '../kind.ts';
import { parseNumber, parsePort } from '../names.ts';
import { Problem } from '../problem.ts';

/** `10.0.0.1-10.0.0.9:80-90`, as `--to-destination` and `--to-source` take it; DNAT also `80-90/1000`. */
export interface AddressRange {
  readonly minAddress?: number;
  readonly maxAddress?: number;
  readonly minPort?: number;
  readonly maxPort?: number;
  /** The port that the first of the range stands for. */
  readonly basePort?: number;
}

export interface PortRange {
  readonly minPort: number;
  readonly maxPort: number;
}

export const portsOf: Kind<PortRange> = {
  argument: true,
  parse: (value) => parsePorts(value),
  save: ({ minPort, maxPort }) => (minPort === maxPort ? String(minPort) : `${minPort}-${maxPort}`),
};

/** Names of services are taken where `named` says so. */
function parsePorts(value: string): PortRange {
  const [first = '', last] = value.split(/-(.*)/s);
  const minPort = parsePort(first);
  if (minPort === undefined) throw new Problem(`Port \`${value}' not valid`);
  if (last === undefined) return { minPort, maxPort: minPort };
  const maxPort = parsePort(last);
  if (maxPort === undefined) throw new Problem(`Port \`${last}' not valid`);
  if (maxPort < minPort) throw new Problem(`Port range \`${last}' funky`);
  return { minPort, maxPort };
}

export const addressRange: Kind<AddressRange> = {
  argument: true,
  parse(value) {
    const [addresses = '', ports] = value.split(/:(.*)/s);
    const range = ports === undefined ? {} : portPart(ports);
    if (addresses === '' && ports !== undefined) return range;
    const [first = '', last] = addresses.split(/-(.*)/s);
    const minAddress = address(first);
    return { minAddress, maxAddress: last === undefined ? minAddress : address(last), ...range };
  },
  save({ minAddress, maxAddress, minPort, maxPort, basePort }) {
    let text = minAddress === undefined ? '' : formatIp(minAddress);
    if (maxAddress !== undefined && maxAddress !== minAddress) text += `-${formatIp(maxAddress)}`;
    if (minPort === undefined || maxPort === undefined) return text;
    text += `:${portsOf.save({ minPort, maxPort })}`;
    return basePort === undefined || basePort === 0 ? text : `${text}/${basePort}`;
  },
};

function portPart(value: string): Partial<AddressRange> {
  const [ports = '', base] = value.split(/\/(.*)/s);
  const range = parsePorts(ports);
  if (base === undefined) return range;
  const basePort = parseNumber(base, 65535) ?? parsePort(base);
  if (basePort === undefined) throw new Problem(`Port \`${base}' not valid`);
  return { ...range, basePort };
}

function address(value: string): number {
  const found = parseIp(value);
  if (found === undefined) throw new Problem(`Bad IP address "${value}"`);
  return Number(found);
}

/** Only these have ports that can be changed. */
const WITH_PORTS: readonly number[] = [6, 17, 132, 33, 1];

export function requirePorts(ports: unknown, { protocol }: RuleHead): void {
  if (ports === undefined || WITH_PORTS.includes(protocol)) return;
  throw new Problem('Need TCP, UDP, SCTP or DCCP with port specification');
}
