import type { NetworkNamespace } from '../../linux/namespace.ts';
import { owner } from '../../linux/network.fixture.ts';
import { formatIp, parseIp } from '../../linux/packet/address.ts';
import type { TcpConnection } from '../../linux/socket/socket.ts';
import { CLASS_IN, type DnsMessage, decodeMessage, encodeMessage, type ResourceRecord } from './message.ts';
import { type RecordData, typeNumber } from './record.ts';

/** The zone `example.com.` of the tests: `NAME TYPE TTL DATA...`; the real server of the differential test has it, too. */
export const ZONE = `
example.com. SOA 30 ns.example.com. admin.example.com. 2024 7200 1800 86400 30
example.com. NS 60 ns.example.com.
example.com. MX 60 10 mail.example.com.
web.example.com. A 300 10.0.0.2
multi.example.com. A 300 10.0.0.2
multi.example.com. A 300 10.0.0.3
alias.example.com. CNAME 300 web.example.com.
txt.example.com. TXT 60 hello
_http._tcp.example.com. SRV 60 0 100 80 web.example.com.
a-name-that-is-long.example.com. A 5 10.0.0.4
kubernetes.default.svc.cluster.example.com. A 5 10.96.0.1
2.0.0.10.in-addr.arpa. PTR 60 web.example.com.
`;

const records: readonly ResourceRecord[] = ZONE.trim()
  .split('\n')
  .map((line) => {
    const [name = '', type = '', ttl = '', ...words] = line.split(' ');
    return { name, type: typeNumber(type) ?? 0, class: CLASS_IN, ttl: Number(ttl), data: dataOf(type, words) };
  });

function dataOf(type: string, words: readonly string[]): RecordData {
  const [first = '', second = '', third = '', fourth = ''] = words;
  const number = (at: number) => Number(words[at]);
  switch (type) {
    case 'A':
      return { type, address: parseIp(first) ?? 0 };
    case 'NS':
    case 'CNAME':
    case 'PTR':
      return { type, name: first };
    case 'MX':
      return { type, preference: number(0), name: second };
    case 'TXT':
      return { type, strings: words.map((word) => new TextEncoder().encode(word)) };
    case 'SRV':
      return { type, priority: number(0), weight: number(1), port: Number(third), name: fourth };
    default:
      return {
        type: 'SOA',
        server: first,
        mailbox: second,
        serial: number(2),
        refresh: number(3),
        retry: number(4),
        expire: number(5),
        minimum: number(6),
      };
  }
}

/** Sixty addresses don't fit into a datagram. */
const BIG = Array.from({ length: 60 }, (_, i): ResourceRecord => {
  const data = { type: 'A', address: 0x0a010000 + i } as const;
  return { name: 'big.example.com.', type: 1, class: CLASS_IN, ttl: 300, data };
});

/** Answers a query from the zone, as an authoritative server does. */
export function answerFromZone(query: DnsMessage): DnsMessage {
  const [question] = query.questions;
  const reply: DnsMessage = {
    ...query,
    response: true,
    authoritative: true,
    recursionAvailable: true,
    authenticData: false,
    ...(query.edns !== undefined && { edns: { version: 0, dnssec: false, size: 1232, options: [] } }),
  };
  if (question === undefined) return { ...reply, code: 1 };
  const name = question.name.toLowerCase();
  if (name === 'servfail.example.com.') return { ...reply, code: 2 };
  if (!/(^|\.)(example\.com|in-addr\.arpa)\.$/.test(name)) return { ...reply, code: 5 };
  if (name === 'big.example.com.') return { ...reply, answers: question.type === 1 ? BIG : [] };
  const answers: ResourceRecord[] = [];
  let at = name;
  for (;;) {
    const own = records.filter((record) => record.name === at);
    const alias = own.find(({ data }) => data.type === 'CNAME');
    answers.push(...own.filter(({ type }) => type === question.type || question.type === 255));
    if (alias === undefined || question.type === alias.type || alias.data.type !== 'CNAME') break;
    answers.push(alias);
    at = alias.data.name;
  }
  const known = records.some((record) => record.name === name);
  const soa = records.filter(({ data }) => data.type === 'SOA');
  return { ...reply, code: known ? 0 : 3, answers, authorities: answers.length === 0 ? soa : [] };
}

/** A server of the zone on port 53, UDP and TCP. @returns what it was asked: `1 web.example.com. from 10.0.0.1`. */
export function serveZone(netns: NetworkNamespace, port = 53): string[] {
  const asked: string[] = [];
  const answer = (bytes: Uint8Array, from: string, limit: number): Uint8Array | undefined => {
    const query = decodeMessage(bytes);
    if (typeof query === 'string') return undefined;
    asked.push(`${query.questions[0]?.type} ${query.questions[0]?.name} from ${from}`);
    return encodeMessage(answerFromZone(query), limit);
  };
  const socket = netns.sockets.openUdp({ address: 0, port }, owner);
  void (async () => {
    for (;;) {
      const { from, data } = await socket.receive();
      const reply = answer(data, formatIp(from.address), 512);
      if (reply !== undefined) socket.send(from, reply);
    }
  })().catch(() => {});
  const listener = netns.sockets.listenTcp({ address: 0, port }, owner);
  const converse = async (connection: TcpConnection) => {
    const data = await connection.read();
    const reply = answer(
      data?.subarray(2) ?? new Uint8Array(0),
      `${formatIp(connection.remote.address)} by TCP`,
      65535,
    );
    if (reply !== undefined) {
      await connection.write(Uint8Array.from([reply.length >>> 8, reply.length & 255, ...reply]));
    }
    while ((await connection.read()) !== undefined);
    connection.close();
  };
  void (async () => {
    for (;;) void converse(await listener.accept()).catch(() => {});
  })().catch(() => {});
  return asked;
}
