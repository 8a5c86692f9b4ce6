import { logOf } from '../../log.ts';
import { option, target } from '../extension.ts';
import { flag, type Kind, text } from '../kind.ts';
import { parseNumber } from '../names.ts';
import { Problem } from '../problem.ts';

const LEVELS: Readonly<Record<string, number>> = {
  alert: 1,
  crit: 2,
  debug: 7,
  emerg: 0,
  error: 3,
  info: 6,
  notice: 5,
  panic: 0,
  warning: 4,
};
/** As `-L` names them. */
const NAMES = ['emerg', 'alert', 'crit', 'error', 'warn', 'notice', 'info', 'debug'] as const;
/** As nft names them. */
const NFT_LEVELS = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug'] as const;
const WARNING = 4;
/** XT_LOG_*: what each option stands for in the number that `-L -n` shows. */
const FLAGS = { 'log-tcp-sequence': 1, 'log-tcp-options': 2, 'log-ip-options': 4, 'log-uid': 8, 'log-macdecode': 32 };
const WORDS = {
  'log-tcp-sequence': 'tcp-sequence',
  'log-tcp-options': 'tcp-options',
  'log-ip-options': 'ip-options',
  'log-uid': 'uid',
  'log-macdecode': 'macdecode',
};
const FLAG_NAMES = Object.keys(FLAGS) as (keyof typeof FLAGS)[];

const level: Kind<number> = {
  argument: true,
  parse(value) {
    const found = parseNumber(value, 7) ?? (Object.hasOwn(LEVELS, value) ? LEVELS[value] : undefined);
    if (found === undefined) throw new Problem(`log level "${value}" unknown\n`);
    return found;
  },
  save: String,
};

export const log = target({
  name: 'LOG',
  summary: "writes the packet into the kernel's log",
  leavesOut: 'packets here have no IP options to log',
  options: {
    'log-prefix': option(text(29, 1)),
    'log-level': option(level),
    'log-tcp-sequence': option(flag),
    'log-tcp-options': option(flag),
    'log-ip-options': option(flag),
    'log-uid': option(flag),
    'log-macdecode': option(flag),
  },
  settle({ 'log-level': given, ...values }) {
    return given === undefined || given.value === WARNING ? values : { ...values, 'log-level': given };
  },
  list(values, numeric) {
    const given = values['log-level']?.value ?? WARNING;
    const flags = FLAG_NAMES.filter((name) => values[name] !== undefined);
    const prefix = values['log-prefix'];
    const end = prefix === undefined ? '' : ` prefix "${prefix.value}"`;
    if (numeric) return `LOG flags ${flags.reduce((sum, name) => sum | FLAGS[name], 0)} level ${given}${end}`;
    return `LOG level ${NAMES[given]}${flags.map((name) => ` ${WORDS[name]}`).join('')}${end}`;
  },
  translate(values) {
    const prefix = values['log-prefix'];
    const given = values['log-level']?.value ?? WARNING;
    const has = (name: keyof typeof FLAGS) => values[name] !== undefined;
    let text = `log${prefix === undefined ? '' : ` prefix "${prefix.value}"`}`;
    if (given !== WARNING) text += ` level ${NFT_LEVELS[given]}`;
    if (FLAG_NAMES.every(has)) return `${text} flags all`;
    const tcp = [has('log-tcp-sequence') && 'sequence', has('log-tcp-options') && 'options'].filter(Boolean);
    if (tcp.length > 0) text += ` flags tcp ${tcp.join(',')}`;
    if (has('log-ip-options')) text += ' flags ip options';
    if (has('log-uid')) text += ' flags skuid';
    return has('log-macdecode') ? `${text} flags ether` : text;
  },
  compile(values, { stack }) {
    const request = {
      prefix: values['log-prefix']?.value ?? '',
      level: values['log-level']?.value ?? WARNING,
      tcpSequence: values['log-tcp-sequence'] !== undefined,
      tcpOptions: values['log-tcp-options'] !== undefined,
      uid: values['log-uid'] !== undefined,
      macDecode: values['log-macdecode'] !== undefined,
    };
    const lines = logOf(stack);
    return (passage) => {
      lines.write(passage, request);
      return undefined;
    };
  },
});
