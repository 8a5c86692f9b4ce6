import { expect, test } from 'vitest';
import { ip, Lab } from '../network.fixture.ts';
import type { IpPacket } from '../packet/packet.ts';
import { Skb } from '../packet/skb.ts';
import { logOf, logText } from './log.ts';
import { Passage } from './passage.ts';

const udp: IpPacket = {
  kind: 'ip',
  source: ip('10.0.0.1'),
  destination: ip('10.0.0.2'),
  ttl: 64,
  tos: 0xc4,
  id: 7,
  dontFragment: true,
  payload: { protocol: 'udp', sourcePort: 53, destinationPort: 1024, data: new Uint8Array(4) },
};

function passage(packet: IpPacket) {
  const netns = new Lab().namespace('n');
  return new Passage('input', packet, new Skb(undefined, 0), netns.link('lo'), undefined, () => undefined);
}

test('a logged packet reads as the kernel writes it', () => {
  const one = passage(udp);
  one.skb.mark = 0x4000;
  expect(logText(one, { prefix: 'x: ', level: 4 })).toBe(
    'x: IN=lo OUT= MAC=00:00:00:00:00:00:00:00:00:00:00:00:08:00 SRC=10.0.0.1 DST=10.0.0.2 LEN=32 TOS=0x04 PREC=0xC0 ' +
      'TTL=64 ID=7 DF PROTO=UDP SPT=53 DPT=1024 LEN=12 MARK=0x4000 ',
  );
});

test('TCP with its sequence numbers and options, and an ICMP error with the packet inside', () => {
  const tcp: IpPacket = {
    ...udp,
    payload: {
      protocol: 'tcp',
      sourcePort: 40000,
      destinationPort: 80,
      sequence: 5,
      acknowledgement: 0,
      syn: true,
      ack: false,
      fin: false,
      rst: false,
      psh: false,
      window: 64240,
      mss: 1460,
      data: new Uint8Array(),
    },
  };
  expect(logText(passage(tcp), { prefix: '', level: 4, tcpSequence: true, tcpOptions: true })).toContain(
    'PROTO=TCP SPT=40000 DPT=80 SEQ=5 ACK=0 WINDOW=64240 RES=0x00 SYN URGP=0 OPT (020405B4) ',
  );
  const error: IpPacket = {
    ...udp,
    payload: {
      protocol: 'icmp',
      type: 'destination-unreachable',
      code: 'fragmentation-needed',
      mtu: 1400,
      original: udp,
    },
  };
  expect(logText(passage(error), { prefix: '', level: 4 })).toMatch(
    /PROTO=ICMP TYPE=3 CODE=4 \[SRC=10.0.0.1 DST=10.0.0.2 .*PROTO=UDP SPT=53 DPT=1024 LEN=12 \] MTU=1400 $/,
  );
});

test('the log keeps its lines; a group hands packets to who listens to it', () => {
  const netns = new Lab().namespace('n');
  const log = logOf(netns.stack);
  expect(logOf(netns.stack)).toBe(log);
  log.write(passage(udp), { prefix: 'first ', level: 4 });
  expect(log.lines.map(({ level, text }) => [level, text.slice(0, 8)])).toEqual([[4, 'first IN']]);
  const heard: string[] = [];
  const end = log.listen(3, ({ prefix }) => heard.push(prefix));
  log.toGroup(3, 'a', passage(udp));
  log.toGroup(4, 'b', passage(udp));
  end();
  log.toGroup(3, 'c', passage(udp));
  expect(heard).toEqual(['a']);
});
