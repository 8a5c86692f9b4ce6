import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCommands } from './command/text.ts';
import { Nft } from './nftables.fixture.ts';
import { describeError } from './parse/location.ts';

const PIECES = (
  'add|rule|ip|inet|t|c|table|chain|set|map|element|insert|delete|list|flush|get|{|}|(|)|;|\n|,|.|:|=|==|!=|<|&|/|-|*|@|$|@s|@v|$x|' +
  'ip saddr|ip daddr|tcp dport|tcp flags|udp sport|th dport|meta mark|meta l4proto|ct state|ct mark|iifname|fib|type|oif|daddr . iif|' +
  'numgen|random|mod|2|0|10.0.0.1|10.0.0.0/8|1-5|0x10|99999999999|syn|new,established|"eth0"|"eth*"|lo|accept|drop|jump|goto|foo|' +
  'vmap|map|counter|packets|bytes|limit|rate|5/second|over|burst|quota|log|prefix|level|group|queue|num|bypass|to|reject|with|icmp|' +
  'tcp reset|dnat|snat|masquerade|redirect|:80|addr|port|update|timeout|1h|comment|"hi"|notrack|define|x|include|"f"|flags|interval|' +
  'hook|input|priority|filter|policy|elements|typeof|elements = { 1 }|{ 1 : accept }|{ 10.0.0.1 . 80 }|not|or|^|\\|"|fe80::1|::'
).split('|');

const text = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 16 }).map((some) => some.join(' ')),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 16 }).map((some) => some.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

function box(): Nft {
  const nft = new Nft();
  nft.run(`table inet t {
	set s { type ipv4_addr; }
	map v { type ipv4_addr : verdict; }
	chain foo { }
	chain c { type filter hook input priority 0; }
}`);
  return nft;
}

test('any text as commands or as a rule gives an error with its place, or is carried out', () => {
  const nft = box();
  fc.assert(
    fc.property(
      text,
      fc.constantFrom('', 'add rule inet t c ', 'table inet t {\nchain c {\n', 'add element inet t v { '),
      (body, before) => {
        const errors = nft.errors(before + body);
        if (errors !== '') expect(errors).toMatch(/^rules:\d+:\d+-\d+: Error: .+\n/);
      },
    ),
    { numRuns: 3000 },
  );
});

test('deep brackets and long lists are refused or read, not a fault', () => {
  const nft = box();
  expect(nft.errors(`add rule inet t c meta mark ${'('.repeat(5000)}`)).toContain('Error: memory exhausted');
  expect(
    nft.errors(`add rule inet t c tcp dport { ${Array.from({ length: 5000 }, (_, i) => i + 1).join(', ')} }`),
  ).toBe('');
  expect(nft.errors(`${'add table ip '.repeat(3000)}`)).toContain('Error');
});

test('what is listed is read back as the same: rules of many shapes', () => {
  const matches = fc.constantFrom(
    'ip saddr 10.0.0.1',
    'meta priority 1:2',
    'meta priority { 1:2, ab:ffff }',
    'ip daddr != 10.0.0.0/8',
    'ip saddr { 10.0.0.1, 10.2.0.0/16, 10.3.0.1-10.3.0.9 }',
    'ip saddr . tcp dport { 10.0.0.1 . 80, 10.0.0.2 . 443 }',
    'tcp dport 80',
    'tcp sport 1024-65535',
    'tcp flags syn / syn,ack',
    'tcp flags ! fin,rst',
    'meta l4proto { tcp, udp } th dport 53',
    'meta mark & 0xff == 0x10',
    'meta mark 1-5',
    'ct state new,established',
    'ct state != invalid',
    'ct direction reply',
    'ct mark and 1 == 1',
    'iifname { "eth0", "cali*" }',
    'oifname "wg*"',
    'iif lo',
    'fib daddr type { local, broadcast }',
    'fib saddr . iif oif missing',
    'numgen random mod 3 < 2',
    'icmp type { 8, 0 }',
    'ip dscp { cs1, ef, 63 }',
    'meta length > 100',
    'limit rate over 10/minute burst 3 packets',
    'limit rate 2 mbytes/second',
    'quota over 5 mbytes',
    'counter',
    'ip saddr @s',
    'meta nfproto ipv4',
    'ip ttl < 5',
    'ip saddr & 0.0.0.255 == 0.0.0.5',
  );
  const ends = fc.constantFrom(
    'accept',
    'drop',
    'return',
    'continue',
    'jump foo',
    'goto foo',
    'reject',
    'reject with icmpx admin-prohibited',
    'reject with icmp host-unreachable',
    'queue flags bypass to 1-3',
    'queue num 5',
    'meta mark set mark and 0xff or 0x100',
    'ct mark set meta mark',
    'meta mark set ip saddr map { 10.0.0.1 : 1, 10.0.0.2 : 2 }',
    'ip saddr vmap { 10.0.0.1 : accept, 10.0.0.2 : jump foo }',
    'ip saddr vmap @v',
    'log prefix "x: " level debug flags all',
    'log group 5 snaplen 64',
    'add @d { ip saddr timeout 1m counter }',
    'notrack',
    'ip dscp set cs1',
  );
  const conflicting = /^(rules:.*conflicting protocols|.*has no effect)/;
  fc.assert(
    fc.property(
      fc.array(matches, { maxLength: 4 }),
      ends,
      fc.option(fc.constantFrom('hello', 'a b'), { nil: undefined }),
      (some, end, comment) => {
        const nft = box();
        nft.run('add set inet t d { type ipv4_addr; flags dynamic,timeout; }');
        const line = [...some, end, ...(comment === undefined ? [] : [`comment "${comment}"`])].join(' ');
        const errors = nft.errors(`add rule inet t c ${line}`);
        if (errors !== '') {
          expect(errors).toMatch(conflicting);
          return;
        }
        const printed = nft.run('list ruleset');
        const other = new Nft();
        other.run(printed);
        expect(other.run('list ruleset')).toBe(printed);
      },
    ),
    { numRuns: 500 },
  );
});

test('errors name the place', () => {
  const { errors } = readCommands('rules', 'add rule ip t c ip saddr ,\nlist foo\n', () => undefined);
  expect(errors.map(describeError)).toEqual([
    'rules:1:26-26: Error: syntax error, unexpected comma\nadd rule ip t c ip saddr ,\n                         ^\n',
    'rules:2:6-8: Error: syntax error, unexpected string\nlist foo\n     ^^^\n',
  ]);
});
