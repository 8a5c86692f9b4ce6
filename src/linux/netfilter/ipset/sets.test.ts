import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Lab } from '../../network.fixture.ts';
import { formatElement, parseElements } from './element.ts';
import { runSetCommand } from './set-command.ts';
import { SetProblem } from './set-problem.ts';
import { setTypes } from './set-type.ts';
import { setsOf } from './sets.ts';

const format = {
  exist: false,
  quiet: false,
  sorted: false,
  namesOnly: false,
  headersOnly: false,
  output: 'plain',
} as const;

function namespace() {
  const lab = new Lab();
  const { stack } = lab.namespace('n');
  const run = (line: string) => {
    const [command = '', ...words] = line.split(' ');
    return runSetCommand(stack, command, words, format);
  };
  const has = (name: string, element: string) => run(`test ${name} ${element}`).status === 0;
  return { lab, stack, run, has };
}

test('of networks the smallest one decides, and it may say no', () => {
  const { run, has } = namespace();
  run('create s hash:net');
  for (const net of ['10.0.0.0/8', '10.1.0.0/16 nomatch', '10.1.2.0/24']) run(`add s ${net}`);
  expect(['10.9.9.9', '10.1.9.9', '10.1.2.3', '11.0.0.1'].map((address) => has('s', address))).toEqual([
    true,
    false,
    true,
    false,
  ]);
});

test('an element with a timeout is gone when its time is up', async () => {
  const { lab, run, has } = namespace();
  run('create s hash:ip timeout 10');
  run('add s 10.0.0.1');
  run('add s 10.0.0.2 timeout 0');
  await lab.clock.runTo(9_999);
  expect(has('s', '10.0.0.1')).toBe(true);
  await lab.clock.runTo(10_000);
  expect([has('s', '10.0.0.1'), has('s', '10.0.0.2')]).toEqual([false, true]);
  expect(run('list s').stdout).toContain('Number of entries: 1\nMembers:\n10.0.0.2 timeout 0\n');
});

test('a set of sets asks them all; what it holds can not be destroyed', () => {
  const { stack, run } = namespace();
  run('create a hash:ip,port');
  run('create b bitmap:port range 0-100');
  run('create l list:set');
  run('add a 10.0.0.1,udp:53');
  run('add b 80');
  run('add l a');
  run('add l b');
  const value = { ip: (address: number) => address, port: (_: number, port: number) => 17 * 65536 + port };
  const asked = (address: number, port: number) =>
    setsOf(stack).meets('l', {
      valuesOf: (parts) => parts.map((part) => (part === 'ip' || part === 'port' ? value[part](address, port) : port)),
      most: 2,
      wantsNomatch: false,
      takes: () => true,
      takesSub: () => true,
    });
  expect([asked(0x0a000001, 53), asked(0x0a000002, 80), asked(0x0a000002, 53)]).toEqual([true, true, false]);
  expect(() => run('destroy a')).toThrow('it is in use by a kernel component');
});

test('any text as an element or a command is taken, or refused in words', () => {
  const { run } = namespace();
  for (const { name } of setTypes) run(`create ${name} ${name}${name === 'bitmap:port' ? ' range 0-65535' : ''}`);
  const piece = fc.constantFrom(
    '10.0.0.1',
    '/',
    '8',
    '-',
    ',',
    'tcp:',
    '80',
    'icmp:',
    'ping',
    ':',
    '0',
    '',
    'x',
    '99999',
  );
  const text = fc.oneof(
    fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
    fc.string({ maxLength: 12 }),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...setTypes),
      text,
      fc.array(fc.string({ maxLength: 6 }), { maxLength: 3 }),
      (type, element, more) => {
        for (const command of ['add', 'test', 'del', 'create', 'list', 'swap']) {
          try {
            run([command, type.name, element, ...more].join(' '));
          } catch (error) {
            expect(error).toBeInstanceOf(SetProblem);
          }
        }
      },
    ),
  );
});

test('what is printed reads as it was', () => {
  const address = fc.nat(0xffffffff).map((n) => [24, 16, 8, 0].map((by) => (n >>> by) & 255).join('.'));
  const port = fc.tuple(fc.constantFrom('tcp', 'udp', 'sctp'), fc.nat(65535)).map(([name, n]) => `${name}:${n}`);
  const icmp = fc.tuple(fc.nat(255), fc.nat(255)).map(([type, code]) => `icmp:${type}/${code}`);
  const net = fc.tuple(address, fc.integer({ min: 1, max: 32 })).map(([one, length]) => `${one}/${length}`);
  const parts = {
    ip: address,
    net,
    port: fc.oneof(port, icmp),
    'plain-port': fc.nat(65535).map(String),
    set: fc.constant('s'),
  };
  for (const type of setTypes) {
    fc.assert(
      fc.property(fc.tuple(...type.parts.map((part) => parts[part])), (words) => {
        const [element] = parseElements(type, words.join(','));
        const text = formatElement(type, element ?? []);
        expect(parseElements(type, text)).toEqual([element]);
      }),
    );
  }
});
