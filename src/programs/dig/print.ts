import { COOKIE, className, codeName, type DnsMessage, type Edns, type ResourceRecord } from '../dns/message.ts';
import { printData, typeName } from '../dns/record.ts';

/** What of an answer is printed (dig's `+[no]answer` and so on). */
export interface Shown {
  readonly question: boolean;
  readonly answer: boolean;
  readonly authority: boolean;
  readonly additional: boolean;
  readonly comments: boolean;
  readonly ttl: boolean;
  readonly showClass: boolean;
}

const TAB = 8;
/** Where TTL, class, type and data begin (BIND's dns_master_style_debug); without TTL or class the rest moves left. */
const COLUMN = { ttl: 24, class: 32, type: 40, data: 48 } as const;
const OPCODES = ['QUERY', 'IQUERY', 'STATUS', 'RESERVED3', 'NOTIFY', 'UPDATE'];

/** The header, the sections and the comments between them. `cookie`: what was sent (RFC 7873). */
export function printMessage(message: DnsMessage, shown: Shown, cookie: Uint8Array | undefined): string {
  const { questions, answers, authorities, additionals, edns } = message;
  let text = '';
  if (shown.comments) {
    text += `;; Got answer:\n${head(message)}`;
    if (edns !== undefined) text += pseudoSection(edns, cookie);
  }
  const section = (name: string, lines: readonly string[], wanted: boolean) => {
    if (!wanted || lines.length === 0) return;
    text += `${shown.comments ? `;; ${name} SECTION:\n` : ''}${lines.join('\n')}\n${shown.comments ? '\n' : ''}`;
  };
  const ask = questions.map(({ name, type, class: kind }) => {
    const columns = new Columns(name);
    if (shown.showClass) columns.put(COLUMN.class, className(kind));
    columns.put(COLUMN.type, typeName(type));
    return `;${columns.text}`;
  });
  const records = (list: readonly ResourceRecord[]) => list.map((record) => printRecord(record, shown));
  section('QUESTION', ask, shown.question);
  section('ANSWER', records(answers), shown.answer);
  section('AUTHORITY', records(authorities), shown.authority);
  section('ADDITIONAL', records(additionals), shown.additional);
  return text;
}

function head(message: DnsMessage): string {
  const flags = [
    message.response && ' qr',
    message.authoritative && ' aa',
    message.truncated && ' tc',
    message.recursionDesired && ' rd',
    message.recursionAvailable && ' ra',
    message.authenticData && ' ad',
    message.checkingDisabled && ' cd',
  ].filter((flag) => flag !== false);
  const { questions, answers, authorities, additionals, edns } = message;
  const opcode = OPCODES[message.opcode] ?? `RESERVED${message.opcode}`;
  const counts = `QUERY: ${questions.length}, ANSWER: ${answers.length}, AUTHORITY: ${authorities.length}`;
  const extra = additionals.length + (edns === undefined ? 0 : 1);
  const unavailable = message.recursionDesired && !message.recursionAvailable;
  return (
    `;; ->>HEADER<<- opcode: ${opcode}, status: ${codeName(message.code)}, id: ${message.id}\n` +
    `;; flags:${flags.join('')}; ${counts}, ADDITIONAL: ${extra}\n` +
    `${unavailable ? ';; WARNING: recursion requested but not available\n' : ''}\n`
  );
}

function pseudoSection({ version, dnssec, size, options }: Edns, sent: Uint8Array | undefined): string {
  let text = `;; OPT PSEUDOSECTION:\n; EDNS: version: ${version}, flags:${dnssec ? ' do' : ''}; udp: ${size}\n`;
  for (const { code, data } of options) {
    const hex = [...data].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    if (code !== COOKIE) {
      text += `; OPT=${code}: ${hex.replace(/../g, '$& ')}\n`;
      continue;
    }
    const same = sent?.every((byte, i) => byte === data[i]) ?? false;
    text += `; COOKIE: ${hex} (${!same ? 'bad' : data.length > 8 ? 'good' : 'echoed'})\n`;
  }
  return text;
}

function printRecord({ name, type, class: kind, ttl, data }: ResourceRecord, shown: Shown): string {
  const columns = new Columns(name);
  if (shown.ttl) columns.put(COLUMN.ttl, String(ttl));
  if (shown.showClass) columns.put(shown.ttl ? COLUMN.class : COLUMN.ttl, className(kind));
  const missing = (shown.ttl ? 0 : TAB) + (shown.showClass ? 0 : TAB);
  columns.put(COLUMN.type - missing, typeName(type));
  columns.put(COLUMN.data - missing, printData(type, data));
  return columns.text;
}

/** Text in columns, with tabs as BIND sets them: where a column is past already, one more place. */
class Columns {
  text: string;
  #at: number;

  constructor(text: string) {
    this.text = text;
    this.#at = text.length;
  }

  put(column: number, text: string): void {
    const to = Math.max(column, this.#at + 1);
    const tabs = Math.floor(to / TAB) - Math.floor(this.#at / TAB);
    const from = tabs > 0 ? Math.floor(to / TAB) * TAB : this.#at;
    this.text += '\t'.repeat(Math.max(0, tabs)) + ' '.repeat(to - from) + text;
    this.#at = to + text.length;
  }
}
