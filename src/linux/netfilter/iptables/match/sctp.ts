import { sctpChunkNumber } from '../../../packet/numbers.ts';
import { match, option } from '../extension.ts';
import { type Kind, portRange } from '../kind.ts';
import { Problem } from '../problem.ts';
import { compilePorts, listPorts, onlyOne, ports, settlePorts, translatePorts } from './ports.ts';

/** RFC 9260, 3.2, as libxt_sctp names them. */
const CHUNKS: Readonly<Record<string, number>> = {
  DATA: 0,
  INIT: 1,
  INIT_ACK: 2,
  SACK: 3,
  HEARTBEAT: 4,
  HEARTBEAT_ACK: 5,
  ABORT: 6,
  SHUTDOWN: 7,
  SHUTDOWN_ACK: 8,
  ERROR: 9,
  COOKIE_ECHO: 10,
  COOKIE_ACK: 11,
  ECN_ECNE: 12,
  ECN_CWR: 13,
  SHUTDOWN_COMPLETE: 14,
};
const NAMES = new Map(Object.entries(CHUNKS).map(([name, type]) => [type, name]));

/** nft's names for them, and for those that are not modelled here. */
const NFT_NAMES = [
  ...['data', 'init', 'init-ack', 'sack', 'heartbeat', 'heartbeat-ack', 'abort', 'shutdown', 'shutdown-ack', 'error'],
  ...['cookie-echo', 'cookie-ack', 'ecne', 'cwr', 'shutdown-complete', 'i-data', 're-config', 'pad', 'asconf'],
  ...['asconf-ack', 'forward-tsn', 'i-forward-tsn'],
];

interface ChunkTypes {
  readonly how: 'any' | 'all' | 'only';
  readonly types: readonly number[];
}

const chunkTypes: Kind<ChunkTypes> = {
  argument: true,
  parse(value) {
    const [how = '', list = ''] = value.split(' ');
    if (list === '') throw new Problem('--chunk-types requires two args');
    const found = (['any', 'all', 'only'] as const).find((one) => one === how.toLowerCase());
    if (found === undefined) throw new Problem('Match type has to be one of "ALL", "ANY" or "ONLY"');
    if (list.toUpperCase() === 'ALL') return { how: found, types: Object.values(CHUNKS) };
    if (list.toUpperCase() === 'NONE') return { how: found, types: [] };
    const types = list.split(',').map((word) => {
      const [name = '', flags] = word.split(':');
      const type = Object.hasOwn(CHUNKS, name.toUpperCase()) ? CHUNKS[name.toUpperCase()] : undefined;
      if (type === undefined) throw new Problem(`Unknown sctp chunk \`${name}'`);
      if (flags !== undefined) {
        throw new Problem('sctp: flags of chunk types are not modelled in this simulation');
      }
      return type;
    });
    return { how: found, types: [...new Set(types)].sort((a, b) => a - b) };
  },
  save: ({ how, types }) => `${how} ${typesText(types, (type) => NAMES.get(type) ?? String(type))}`,
};

function typesText(types: readonly number[], say: (type: number) => string): string {
  return types.length === 0 ? 'NONE' : types.map(say).join(',');
}

export const sctp = match({
  name: 'sctp',
  summary: 'ports and chunk types of an SCTP packet',
  leavesOut: 'flags of chunk types',
  protocols: [132],
  options: {
    ...ports(portRange, onlyOne),
    'chunk-types': option(chunkTypes, { invert: true, words: 2, twice: "Only one `--chunk-types' allowed" }),
  },
  list(values, numeric) {
    const parts = ['sctp', listPorts(settlePorts(values), true, 'sctp')];
    const chunks = values['chunk-types'];
    if (chunks !== undefined) {
      const { how, types } = chunks.value;
      const say = (type: number) =>
        numeric ? `0x${type.toString(16).toUpperCase().padStart(4, '0')}` : (NAMES.get(type) ?? String(type));
      parts.push(`${chunks.inverted ? '! ' : ''}${how} ${typesText(types, say)}`);
    }
    return parts.filter(Boolean).join(' ');
  },
  translate(values) {
    const parts = [...translatePorts('sctp', values)];
    const chunks = values['chunk-types'];
    if (chunks !== undefined) {
      const { how, types } = chunks.value;
      // No words for what is not a row of tests that all must hold.
      if (how === 'any' || (how === 'only' && chunks.inverted)) return undefined;
      for (const [type, name] of NFT_NAMES.entries()) {
        if (types.includes(type)) parts.push(`sctp chunk ${name} ${chunks.inverted ? 'missing' : 'exists'}`);
        else if (how === 'only') parts.push(`sctp chunk ${name} missing`);
      }
    }
    return parts.length === 0 ? undefined : parts.join(' ');
  },
  compile(values) {
    const samePorts = compilePorts('sctp', values);
    const chunks = values['chunk-types'];
    if (chunks === undefined) return samePorts;
    const { how, types } = chunks.value;
    return (passage) => {
      const { payload } = passage.packet;
      if (!samePorts(passage) || payload.protocol !== 'sctp') return false;
      const seen = payload.chunks.map(({ type }) => sctpChunkNumber[type]);
      const wanted = seen.filter((type) => types.includes(type));
      const has =
        how === 'any'
          ? wanted.length > 0
          : types.every((type) => seen.includes(type)) && (how === 'all' || wanted.length === seen.length);
      return has !== chunks.inverted;
    };
  },
});
