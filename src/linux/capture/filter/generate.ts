import type { IpAddress } from '../../packet/address.ts';
import { linkType } from '../link-type.ts';
import { FilterError } from './error.ts';
import {
  broadcastTest,
  type Direction,
  etherHostTest,
  etherTypes,
  hostTest,
  ipProtocols,
  multicastTest,
  portTest,
  protocolTest,
} from './primitives.ts';
import type { Test } from './view.ts';
import type { Protocol } from './words.ts';

/** What names in a filter mean. */
export interface FilterNames {
  host(name: string): IpAddress | undefined;
  /** A service's port for each transport protocol that has it. */
  service(name: string): { readonly tcp?: number; readonly udp?: number } | undefined;
}

export interface FilterOptions {
  readonly linkType: number;
  /** The packets come from a device, so that each has a direction. */
  readonly live?: boolean;
  readonly names?: FilterNames;
  /** The device's, for `ip broadcast`; 0 where it is not known. */
  readonly netmask?: number;
}

/** What stands before an id: `tcp dst port`. */
export interface Qualifiers {
  readonly protocol?: Protocol | undefined;
  readonly direction?: Direction | undefined;
  readonly kind?: 'host' | 'net' | 'port' | 'portrange' | 'proto' | 'gateway' | undefined;
}

const TRANSPORTS = { tcp: 6, udp: 17, sctp: 132 } as const;
const ALL_TRANSPORTS = Object.values(TRANSPORTS);
const ONLY_ETHERNET = 'supported only on ethernet/FDDI/token ring/802.11/ATM LANE/Fibre Channel';

export const linkDescriptions: Readonly<Record<number, string>> = {
  [linkType.ethernet]: 'Ethernet',
  [linkType.raw]: 'Raw IP',
  [linkType.cooked1]: 'Linux cooked v1',
  [linkType.cooked]: 'Linux cooked v2',
};

/** Makes the test of one id under its qualifiers, or refuses it in libpcap's words (gencode.c). */
export class Generator {
  readonly options: FilterOptions;

  constructor(options: FilterOptions) {
    this.options = options;
  }

  /** gen_ncode, with a number. */
  number(value: number, qualifiers: Qualifiers, at: number): Test {
    const { protocol, direction, kind } = qualifiers;
    switch (kind) {
      case 'port':
      case 'portrange':
        return portTest(this.#port(value, at), value, this.#transports(qualifiers, at), direction);
      case 'gateway':
        throw new FilterError("'gateway' requires a name", at);
      case 'proto':
        return protocolTest(value, protocol, at);
      default: {
        if (protocol === 'ether') throw new FilterError('illegal link layer address', at);
        let address = value;
        let mask = 0xffffffff;
        while (kind === 'net' && address !== 0 && address < 0x1000000) {
          address *= 256;
          mask = (mask << 8) >>> 0;
        }
        return hostTest(address, mask, protocol, direction, kind ?? 'host', at);
      }
    }
  }

  /** gen_ncode, with an address of two to four numbers: what is not there is a network's inside. */
  address(text: string, qualifiers: Qualifiers, at: number): Test {
    const { protocol, direction, kind } = qualifiers;
    if (kind === 'port' || kind === 'portrange' || kind === 'proto') {
      throw new FilterError(`'${kind}' modifier applied to ip host`, at);
    }
    if (kind === 'gateway') throw new FilterError("'gateway' requires a name", at);
    const { value, bits } = dotted(text, at);
    if (protocol === 'ether') throw new FilterError('illegal link layer address', at);
    return hostTest(value, mask(bits), protocol, direction, kind ?? 'host', at);
  }

  /** gen_mcode: `10.0.0.0/8`. */
  prefix(text: string, length: number, qualifiers: Qualifiers, at: number): Test {
    const { value } = dotted(text, at);
    if (length > 32) throw new FilterError('mask length must be <= 32', at);
    return this.#network(value, mask(length), `${text}/${length}`, qualifiers, at);
  }

  /** gen_mcode: `10.0.0.0 mask 255.0.0.0`. */
  masked(text: string, maskText: string, qualifiers: Qualifiers, at: number): Test {
    const { value } = dotted(text, at);
    return this.#network(value, dotted(maskText, at).value, `${text} mask ${maskText}`, qualifiers, at);
  }

  #network(value: number, bits: number, text: string, { protocol, direction, kind }: Qualifiers, at: number): Test {
    if ((value & ~bits) !== 0) throw new FilterError(`non-network bits set in "${text}"`, at);
    if (kind !== 'net') throw new FilterError('Mask syntax for networks only', at);
    return hostTest(value, bits, protocol, direction, 'net', at);
  }

  /** gen_ecode. */
  mac(text: string, { protocol, direction, kind }: Qualifiers, at: number): Test {
    if (protocol !== 'ether' || (kind !== undefined && kind !== 'host')) {
      throw new FilterError('ethernet address used in non-ether expression', at);
    }
    if (this.options.linkType !== linkType.ethernet) throw new FilterError(`ethernet addresses ${ONLY_ETHERNET}`, at);
    const parts = text.split(/[:.-]/);
    const width = 12 / parts.length;
    return etherHostTest(Number.parseInt(parts.map((part) => part.padStart(width, '0')).join(''), 16), direction);
  }

  /** gen_scode: a name, or an escaped keyword. */
  name(name: string, qualifiers: Qualifiers, at: number): Test {
    const { protocol, direction, kind } = qualifiers;
    const { names } = this.options;
    switch (kind) {
      case 'net':
        throw new FilterError(`unknown network '${name}'`, at);
      case 'port': {
        this.#transports(qualifiers, at);
        const { port, transports } = this.#service(name, qualifiers, `unknown port '${name}'`, 'port', at);
        return portTest(port, port, transports, direction);
      }
      case 'portrange':
        return this.#range(name, qualifiers, at);
      case 'gateway':
        throw new FilterError("'gateway' not supported in this configuration", at);
      case 'proto':
        return protocolTest(protocolByName(name, protocol, at), protocol, at);
      default: {
        if (protocol === 'ether') {
          if (this.options.linkType === linkType.ethernet) throw new FilterError(`unknown ether host '${name}'`, at);
          throw new FilterError(`only ${ONLY_ETHERNET.slice(18)} supports link-level host name`, at);
        }
        const address = names?.host(name);
        if (address === undefined) throw new FilterError(`unknown host '${name}'`, at);
        return hostTest(Number(address), 0xffffffff, protocol, direction, 'host', at);
      }
    }
  }

  broadcast(protocol: Protocol | undefined, at: number): Test {
    if (protocol === 'ip') return broadcastTest(this.options.netmask ?? 0);
    if (protocol !== undefined && protocol !== 'ether') {
      throw new FilterError('only link-layer/IP broadcast filters supported', at);
    }
    if (this.options.linkType !== linkType.ethernet) throw new FilterError('not a broadcast link', at);
    return etherHostTest(0xffffffffffff, 'dst');
  }

  multicast(protocol: Protocol | undefined, at: number): Test {
    if (protocol === 'ip' || protocol === 'ip6') return multicastTest(protocol);
    const ethernet = this.options.linkType === linkType.ethernet && (protocol === undefined || protocol === 'ether');
    if (ethernet) return (view) => (view.read(0, 1) & 1) === 1;
    const words = 'ethernet/FDDI/token ring/ARCNET/802.11/ATM LANE/Fibre Channel';
    throw new FilterError(`link-layer multicast filters supported only on ${words}`, at);
  }

  /** `inbound`, `outbound`. */
  direction(direction: 'in' | 'out', at: number): Test {
    const { linkType: type, live = false } = this.options;
    const outgoing: Test | undefined =
      type === linkType.cooked
        ? (view) => view.read(10, 1) === 4
        : type === linkType.cooked1
          ? (view) => view.read(0, 2) === 4
          : live
            ? (view) => view.direction === 'out'
            : undefined;
    if (outgoing === undefined) {
      const link = linkDescriptions[type] ?? `DLT ${type}`;
      throw new FilterError(`inbound/outbound not supported on ${link} when reading savefiles`, at);
    }
    return direction === 'out' ? outgoing : (view) => !outgoing(view);
  }

  /** `ifindex N`. */
  index(index: number, at: number): Test {
    if (this.options.linkType === linkType.cooked) return (view) => view.read(4, 4) === index;
    const link = linkDescriptions[this.options.linkType] ?? `DLT ${this.options.linkType}`;
    const when = this.options.live === true ? ' in this simulation' : ' when reading savefiles';
    throw new FilterError(`ifindex not supported on ${link}${when}`, at);
  }

  #transports({ protocol, kind = 'port' }: Qualifiers, at: number): readonly number[] {
    if (protocol === undefined) return ALL_TRANSPORTS;
    const number = protocol in TRANSPORTS ? TRANSPORTS[protocol as keyof typeof TRANSPORTS] : undefined;
    if (number === undefined)
      throw new FilterError(`illegal qualifier of '${kind === 'portrange' ? kind : 'port'}'`, at);
    return [number];
  }

  #port(value: number, at: number): number {
    if (value > 65535) throw new FilterError(`illegal port number ${value} > 65535`, at);
    return value;
  }

  #service(name: string, { protocol }: Qualifiers, unknown: string, what: string, at: number) {
    const service = this.options.names?.service(name);
    const { tcp, udp } = service ?? {};
    const port = tcp ?? udp;
    if (port === undefined) throw new FilterError(unknown, at);
    const known = tcp === undefined ? 'udp' : udp === undefined ? 'tcp' : undefined;
    if (protocol !== undefined && known !== undefined && protocol !== known) {
      const text = what === 'port' ? `port '${name}'` : `port in range '${what}'`;
      throw new FilterError(`${text} is ${known}`, at);
    }
    const transport = protocol ?? known;
    const transports = transport === undefined ? ALL_TRANSPORTS : [TRANSPORTS[transport as keyof typeof TRANSPORTS]];
    return { port, transports };
  }

  /** `portrange 8000-8080`; the ends may be names. */
  #range(text: string, qualifiers: Qualifiers, at: number): Test {
    const all = this.#transports(qualifiers, at);
    const unknown = `unknown port in range '${text}'`;
    const dash = text.indexOf('-');
    const ends = dash < 0 ? [text] : [text.slice(0, dash), text.slice(dash + 1)];
    const found = ends.map((end) => {
      if (/^\d+$/.test(end)) return { port: this.#port(Number(end), at), transports: all };
      return this.#service(end, qualifiers, unknown, text, at);
    });
    const [from, to = from] = found;
    if (from === undefined || to === undefined) throw new FilterError(unknown, at);
    const transports = from.transports.filter((transport) => to.transports.includes(transport));
    const [low, high] = from.port < to.port ? [from.port, to.port] : [to.port, from.port];
    return portTest(low, high, transports, qualifiers.direction);
  }
}

/** Two to four numbers between dots: the leading bits of an address. */
function dotted(text: string, at: number): { value: number; bits: number } {
  const parts = text.split('.').map((part) => (/^[0-9]+$/.test(part) ? Number(part) : 256));
  if (parts.some((part) => part > 255)) throw new FilterError(`invalid IPv4 address '${text}'`, at);
  const value = parts.reduce((sum, part) => sum * 256 + part, 0) * 256 ** (4 - parts.length);
  return { value, bits: parts.length * 8 };
}

function mask(length: number): number {
  return length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0;
}

function protocolByName(name: string, within: Protocol | undefined, at: number): number {
  if (within === undefined || within === 'ip' || within === 'ip6') {
    const number = ipProtocols.get(name);
    if (number === undefined) throw new FilterError(`unknown ip proto '${name}'`, at);
    return number;
  }
  const type = within === 'ether' ? etherTypes.get(name) : undefined;
  if (type === undefined)
    throw new FilterError(`unknown ${within === 'ether' ? 'ether proto' : 'protocol'} '${name}'`, at);
  return type;
}
