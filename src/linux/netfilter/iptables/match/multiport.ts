import { type Given, match, option } from '../extension.ts';
import type { Kind, Range } from '../kind.ts';
import { parsePort, portName } from '../names.ts';
import { Problem } from '../problem.ts';

/** XT_MULTI_PORTS: a range takes two of them. */
const MOST = 15;
const PROTOCOLS: ReadonlyMap<number, string> = new Map([
  [6, 'tcp'],
  [17, 'udp'],
  [136, 'udplite'],
  [132, 'sctp'],
  [33, 'dccp'],
]);

const portList: Kind<readonly Range[]> = {
  argument: true,
  parse(value) {
    const ranges: Range[] = [];
    let room = MOST;
    for (const part of value.split(',')) {
      const [first = '', last] = part.split(/:(.*)/s);
      room -= last === undefined ? 1 : 2;
      if (room < 0) throw new Problem('too many ports specified');
      const [from, to] = [first, last ?? first].map((text) => {
        const port = parsePort(text);
        if (port === undefined) throw new Problem(`invalid port/service \`${text}' specified`);
        return port;
      }) as [number, number];
      if (last !== undefined && from >= to) throw new Problem('invalid portrange specified');
      ranges.push({ from, to });
    }
    return ranges;
  },
  save: (ranges) => text(ranges, String),
};

function text(ranges: readonly Range[], say: (port: number) => string): string {
  return ranges.map(({ from, to }) => (from === to ? say(from) : `${say(from)}:${say(to)}`)).join(',');
}

/** Both ends of a range are told as ports of their own (multiport_xlate_v1). */
function eachPort(ranges: readonly Range[]): readonly number[] {
  return ranges.flatMap(({ from, to }) => (from === to ? [from] : [from, to]));
}

function has(ranges: readonly Range[], port: number): boolean {
  for (const { from, to } of ranges) if (port >= from && port <= to) return true;
  return false;
}

const list = (called: string, name: string, excludes: readonly string[]) =>
  option(portList, { aliases: called === name ? [] : [called], called, invert: true, excludes });

export const multiport = match({
  name: 'multiport',
  summary: 'up to 15 ports, or ranges of them',
  options: {
    sports: list('source-ports', 'sports', ['dports', 'ports']),
    dports: list('destination-ports', 'dports', ['sports', 'ports']),
    ports: list('ports', 'ports', ['sports', 'dports']),
  },
  settle(values, head) {
    const given = Object.keys(values).length > 0;
    if (given) {
      if (head.protocol === 0) {
        throw new Problem("multiport needs `-p tcp', `-p udp', `-p udplite', `-p sctp' or `-p dccp'");
      }
      if (!PROTOCOLS.has(head.protocol) || head.protocolInverted) {
        throw new Problem('multiport only works with TCP, UDP, UDPLITE, SCTP and DCCP');
      }
    } else throw new Problem('multiport expection an option');
    return values;
  },
  list(values, numeric, head) {
    const protocol = PROTOCOLS.get(head.protocol) ?? '';
    const say = (port: number) => (numeric ? String(port) : portName(port, protocol));
    for (const name of ['sports', 'dports', 'ports'] as const) {
      const given = values[name];
      if (given !== undefined) return `multiport ${name} ${given.inverted ? ' !' : ''}${text(given.value, say)}`;
    }
    return 'multiport';
  },
  translate({ sports, dports, ports }, { protocol }) {
    const name = PROTOCOLS.get(protocol);
    if (name === undefined) return undefined;
    if (ports !== undefined) {
      const either = eachPort(ports.value).map((port) => `0-65535 . ${port}, ${port} . 0-65535`);
      return `${name} sport . ${name} dport { ${either.join(', ')} }`;
    }
    const { value, inverted } = (sports ?? dports) as Given<readonly Range[]>;
    const list = value.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(', ');
    const field = sports === undefined ? 'dport' : 'sport';
    return `${name} ${field} ${inverted ? '!= ' : ''}${value.length > 1 ? `{ ${list} }` : list}`;
  },
  compile({ sports, dports, ports }) {
    const given = (sports ?? dports ?? ports) as Given<readonly Range[]>;
    const { value, inverted } = given;
    return ({ packet }) => {
      const { payload, fragment } = packet;
      if (!('sourcePort' in payload) || (fragment !== undefined && fragment.offset > 0)) return false;
      const { sourcePort, destinationPort } = payload;
      const found =
        (dports === undefined && has(value, sourcePort)) || (sports === undefined && has(value, destinationPort));
      return found !== inverted;
    };
  },
});
