import { icmpNumbers } from '../../log.ts';
import { match, option } from '../extension.ts';
import type { Kind } from '../kind.ts';
import { parseNumber } from '../names.ts';
import { Problem } from '../problem.ts';

/** A type, and the codes of it from one to another. 255 is any type. */
interface IcmpType {
  readonly type: number;
  readonly from: number;
  readonly to: number;
}

/** In the order of libxtables' list: of what begins alike, the first two are named. */
const NAMES: readonly (readonly [name: string, type: number, from: number, to: number])[] = [
  ['any', 255, 0, 255],
  ['echo-reply', 0, 0, 255],
  ['pong', 0, 0, 255],
  ['destination-unreachable', 3, 0, 255],
  ['network-unreachable', 3, 0, 0],
  ['host-unreachable', 3, 1, 1],
  ['protocol-unreachable', 3, 2, 2],
  ['port-unreachable', 3, 3, 3],
  ['fragmentation-needed', 3, 4, 4],
  ['source-route-failed', 3, 5, 5],
  ['network-unknown', 3, 6, 6],
  ['host-unknown', 3, 7, 7],
  ['network-prohibited', 3, 9, 9],
  ['host-prohibited', 3, 10, 10],
  ['TOS-network-unreachable', 3, 11, 11],
  ['TOS-host-unreachable', 3, 12, 12],
  ['communication-prohibited', 3, 13, 13],
  ['host-precedence-violation', 3, 14, 14],
  ['precedence-cutoff', 3, 15, 15],
  ['source-quench', 4, 0, 255],
  ['redirect', 5, 0, 255],
  ['network-redirect', 5, 0, 0],
  ['host-redirect', 5, 1, 1],
  ['TOS-network-redirect', 5, 2, 2],
  ['TOS-host-redirect', 5, 3, 3],
  ['echo-request', 8, 0, 255],
  ['ping', 8, 0, 255],
  ['router-advertisement', 9, 0, 255],
  ['router-solicitation', 10, 0, 255],
  ['time-exceeded', 11, 0, 255],
  ['ttl-exceeded', 11, 0, 255],
  ['ttl-zero-during-transit', 11, 0, 0],
  ['ttl-zero-during-reassembly', 11, 1, 1],
  ['parameter-problem', 12, 0, 255],
  ['ip-header-bad', 12, 0, 0],
  ['required-option-missing', 12, 1, 1],
  ['timestamp-request', 13, 0, 255],
  ['timestamp-reply', 14, 0, 255],
  ['address-mask-request', 17, 0, 255],
  ['address-mask-reply', 18, 0, 255],
];

const icmpType: Kind<IcmpType> = {
  argument: true,
  parse(value) {
    const lower = value.toLowerCase();
    const begins = NAMES.filter(([name]) => name.toLowerCase().startsWith(lower));
    const [first, second] = begins;
    if (second !== undefined && first !== undefined && first[0].toLowerCase() !== lower) {
      throw new Problem(`Ambiguous ICMP type \`${value}': \`${first[0]}' or \`${second[0]}'?`);
    }
    if (first !== undefined) return { type: first[1], from: first[2], to: first[3] };
    const [typeText = '', codeText] = value.split(/\/(.*)/s);
    const type = parseNumber(typeText, 255);
    if (type === undefined) throw new Problem(`Unknown ICMP type \`${value}'`);
    if (codeText === undefined) return { type, from: 0, to: 255 };
    const code = parseNumber(codeText, 255);
    if (code === undefined) throw new Problem(`Unknown ICMP code \`${value}'`);
    return { type, from: code, to: code };
  },
  save({ type, from, to }) {
    if (type === 255) return 'any';
    return from === 0 && to === 255 ? String(type) : `${type}/${from}`;
  },
};

export const icmp = match({
  name: 'icmp',
  summary: 'type and code of an ICMP message',
  leavesOut: 'messages here are echo request and reply, destination unreachable and time exceeded',
  protocols: [1],
  options: { 'icmp-type': option(icmpType, { invert: true, required: true }) },
  list({ 'icmp-type': given }, numeric) {
    if (given === undefined) return 'icmp';
    const { type, from, to } = given.value;
    const not = given.inverted ? '!' : '';
    const name = NAMES.find((one) => one[1] === type && one[2] === from && one[3] === to)?.[0];
    if (!numeric && name !== undefined) return `icmp ${not}${name}`;
    const code = from === to ? ` code ${from}` : from === 0 && to === 255 ? '' : ` codes ${from}-${to}`;
    return `${given.inverted ? 'icmp !type' : 'icmptype'} ${type}${code}`;
  },
  translate({ 'icmp-type': given }) {
    if (given === undefined || given.value.type === 255) return 'ip protocol icmp';
    const { type, from, to } = given.value;
    if (from === to) return undefined;
    const name = NAMES.find((one) => one[1] === type && one[2] === from && one[3] === to)?.[0];
    return name === undefined ? undefined : `icmp type ${given.inverted ? '!= ' : ''}${name}`;
  },
  compile({ 'icmp-type': given }) {
    const { type: wanted, from, to } = given?.value ?? { type: 255, from: 0, to: 255 };
    const inverted = given?.inverted ?? false;
    return ({ packet }) => {
      const { payload, fragment } = packet;
      if (payload.protocol !== 'icmp' || (fragment !== undefined && fragment.offset > 0)) return false;
      const [type, code] = icmpNumbers(payload);
      return (wanted === 255 || (type === wanted && code >= from && code <= to)) !== inverted;
    };
  },
});
