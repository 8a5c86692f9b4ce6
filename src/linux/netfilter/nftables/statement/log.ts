import { logOf } from '../../log.ts';
import { NftError } from '../parse/location.ts';
import type { Parser } from '../parse/parser.ts';
import type { StatementKind } from './statement.ts';

const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug', 'audit'];
const WARN = LEVELS.indexOf('warn');

interface LogSpec {
  prefix?: string;
  level?: number;
  group?: number;
  snaplen?: number;
  threshold?: number;
  readonly flags: Set<string>;
}

const FLAGS = ['sequence', 'options', 'ip options', 'skuid', 'ether'];

function parseFlags(parser: Parser, flags: Set<string>): void {
  if (parser.take('tcp')) {
    do {
      if (!parser.isAny(['sequence', 'options'])) throw parser.unexpected(['sequence', 'options']);
      flags.add(parser.next().text);
    } while (parser.take(','));
  } else if (parser.take('ip')) {
    parser.expect('options');
    flags.add('ip options');
  } else if (parser.isAny(['skuid', 'ether'])) flags.add(parser.next().text);
  else if (parser.take('all')) for (const flag of FLAGS) flags.add(flag);
  else throw parser.unexpected();
}

function formatFlags(flags: ReadonlySet<string>): string {
  if (flags.size === 0) return '';
  if (FLAGS.every((flag) => flags.has(flag))) return ' flags all';
  const tcp = ['sequence', 'options'].filter((flag) => flags.has(flag)).join(',');
  const others = [
    ['ip options', 'ip options'],
    ['skuid', 'skuid'],
    ['ether', 'ether'],
  ].filter(([flag]) => flags.has(flag as string));
  return `${tcp === '' ? '' : ` flags tcp ${tcp}`}${others.map(([, text]) => ` flags ${text}`).join('')}`;
}

export const logStatement: StatementKind = {
  keywords: ['log'],
  summary: "writes a line about the packet into the kernel's log, or hands it to a group's listeners",
  leavesOut: 'IP options, which no packet has; `level audit` writes like debug',
  parse: (parser) => {
    const first = parser.next().at;
    const spec: LogSpec = { flags: new Set() };
    for (;;) {
      if (parser.take('prefix')) spec.prefix = parser.string().text;
      else if (parser.take('group')) spec.group = parser.number();
      else if (parser.take('snaplen')) spec.snaplen = parser.number();
      else if (parser.take('queue-threshold')) spec.threshold = parser.number();
      else if (parser.take('flags')) parseFlags(parser, spec.flags);
      else if (parser.take('level')) {
        const name = parser.string();
        spec.level = LEVELS.indexOf(name.text);
        if (spec.level < 0) throw new NftError('invalid log level', name.at);
      } else break;
    }
    const at = parser.since(first);
    const { prefix, level, group, snaplen, threshold, flags } = spec;
    return () => {
      if (group !== undefined && (level !== undefined || flags.size > 0)) {
        throw new NftError(`${level === undefined ? 'flags' : 'level'} and group are mutually exclusive`, first);
      }
      return {
        print: () => {
          let text = 'log';
          if (prefix !== undefined) text += ` prefix "${prefix}"`;
          if (group !== undefined) {
            text += ` group ${group}`;
            if (snaplen !== undefined) text += ` snaplen ${snaplen}`;
            if (threshold !== undefined) text += ` queue-threshold ${threshold}`;
            return text;
          }
          if (level !== undefined && level !== WARN) text += ` level ${LEVELS[level]}`;
          return text + formatFlags(flags);
        },
        compile: ({ stack }) => {
          const log = logOf(stack);
          if (group !== undefined) {
            return (passage) => {
              log.toGroup(group, prefix ?? '', passage);
              return undefined;
            };
          }
          const request = {
            prefix: prefix ?? '',
            level: Math.min(level ?? WARN, 7),
            tcpSequence: flags.has('sequence'),
            tcpOptions: flags.has('options'),
            uid: flags.has('skuid'),
            macDecode: flags.has('ether'),
          };
          return (passage) => {
            log.write(passage, request);
            return undefined;
          };
        },
        at,
      };
    };
  },
};
