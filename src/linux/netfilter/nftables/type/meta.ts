import { type DataType, fitting, hex, parseNumber, symbols } from './datatype.ts';

/** Types of what travels beside the packet. */

export const mark: DataType = {
  name: 'mark',
  description: 'packet mark',
  bits: 32,
  kind: 'integer',
  prefixes: true,
  perLine: 5,
  parse: (text) => {
    const number = parseNumber(text);
    if (number === undefined) throw new TypeError('Could not parse packet mark');
    return fitting(number, 32);
  },
  format: (value) => hex(value as number, 8),
};

/** IFNAMSIZ, with the zero at its end. */
const NAME_LIMIT = 16;

export const interfaceName: DataType = {
  name: 'ifname',
  description: 'network interface name',
  bits: 128,
  kind: 'string',
  parse: (text) => {
    if (text.length > NAME_LIMIT) throw new TypeError(`String exceeds maximum length of ${NAME_LIMIT}`);
    if (text === '') throw new TypeError('Empty string is not allowed');
    return text;
  },
  format: (value) => `"${value}"`,
};

export const interfaceIndex: DataType = {
  name: 'iface_index',
  description: 'network interface index',
  bits: 32,
  kind: 'integer',
  parse: (text, devices) => {
    const index = devices.index(text) ?? parseNumber(text);
    if (index === undefined) throw new TypeError('Interface does not exist');
    return fitting(index, 32);
  },
  format: (value, { devices }) => {
    const name = devices.name(value as number);
    return name === undefined ? String(value) : `"${name}"`;
  },
};

export const interfaceType = symbols(
  'iface_type',
  'network interface type',
  16,
  { ether: 1, ppp: 512, ipip: 768, ipip6: 769, loopback: 772, sit: 776, ipgre: 778 },
  { unknown: 'hex' },
);

export const packetType = symbols('pkt_type', 'packet type', 8, {
  host: 0,
  unicast: 0,
  broadcast: 1,
  multicast: 2,
  other: 3,
});

export const networkProtocol = symbols('nf_proto', 'netfilter protocol', 8, { ipv4: 2, ipv6: 10 });

/** Root alone has a name that every machine knows. */
function account(name: string, description: string, missing: string): DataType {
  return {
    name,
    description,
    bits: 32,
    kind: 'integer',
    parse: (text) => {
      if (text === 'root') return 0;
      const number = parseNumber(text);
      if (number === undefined) throw new TypeError(missing);
      return fitting(number, 32);
    },
    format: (value, style) => (style.users === true && value === 0 ? '"root"' : String(value)),
  };
}

export const userId = account('uid', 'user ID', 'User does not exist');
export const groupId = account('gid', 'group ID', 'Group does not exist');

export const addressType = symbols('fib_addrtype', 'fib address type', 32, {
  unspec: 0,
  unicast: 1,
  local: 2,
  broadcast: 3,
  anycast: 4,
  multicast: 5,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
});

export const priorityValue: DataType = {
  name: 'classid',
  description: 'TC classid',
  bits: 32,
  kind: 'integer',
  parse: (text) => {
    const pair = /^([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(text);
    if (pair !== null) {
      return Number.parseInt(pair[1] as string, 16) * 65536 + Number.parseInt(pair[2] as string, 16);
    }
    const number = parseNumber(text);
    if (number === undefined) throw new TypeError('Could not parse TC classid');
    return fitting(number, 32);
  },
  format: (value) => `${((value as number) >>> 16).toString(16)}:${((value as number) & 0xffff).toString(16)}`,
};
