import { expect, test } from 'vitest';
import { ip } from '../network.fixture.ts';
import type { IpPacket } from '../packet/packet.ts';
import { Skb } from '../packet/skb.ts';
import { type HookFunction, HookTable, type HookVerdict, priority, type QueuedPacket } from './hook-table.ts';
import { Passage } from './passage.ts';

const packet: IpPacket = {
  kind: 'ip',
  source: ip('10.0.0.1'),
  destination: ip('10.0.0.2'),
  ttl: 64,
  tos: 0,
  id: 1,
  dontFragment: true,
  payload: { protocol: 'udp', sourcePort: 1, destinationPort: 2, data: new Uint8Array() },
};

function table() {
  const lost: string[] = [];
  const asked: string[] = [];
  const hooks = new HookTable((_passage, reason) => lost.push(reason));
  const add = (name: string, priority: number, verdict: HookVerdict = 'accept') => {
    const added: HookFunction = {
      name,
      priority,
      run: () => {
        asked.push(name);
        return verdict;
      },
    };
    return hooks.register('forward', added);
  };
  const send = () => {
    const ok = () => {
      asked.push('ok');
      return undefined;
    };
    return hooks.pass(new Passage('forward', packet, new Skb(undefined, 0), undefined, undefined, ok));
  };
  return { hooks, add, send, asked, lost };
}

test('who stands at a hook is asked by priority, of equal ones the last first', () => {
  const { hooks, add, send, asked } = table();
  expect(hooks.active('forward')).toBe(false);
  add('filter', priority.filter);
  add('raw', priority.raw);
  const remove = add('filter 2', 0);
  expect(send()).toBeUndefined();
  expect(asked.splice(0)).toEqual(['raw', 'filter 2', 'filter', 'ok']);
  remove();
  send();
  expect(asked).toEqual(['raw', 'filter', 'ok']);
});

test('a drop ends it and is EPERM for the sender; what is stolen ends without a word', () => {
  const { add, send, asked } = table();
  const remove = add('drops', 0, 'drop');
  add('later', 1);
  expect(send()).toBe('EPERM');
  expect(asked.splice(0)).toEqual(['drops']);
  remove();
  add('steals', 0, 'stolen');
  expect(send()).toBeUndefined();
  expect(asked).toEqual(['steals']);
});

test('a queue without a listener drops, or lets pass where the rule says bypass', () => {
  const { hooks, add, send, asked, lost } = table();
  const remove = add('queues', 0, { queue: 7, bypass: false });
  send();
  expect([asked.splice(0), lost.splice(0)]).toEqual([['queues'], ['no program listens to queue 7']]);
  remove();
  add('queues', 0, { queue: 7, bypass: true });
  send();
  expect([asked.splice(0), lost]).toEqual([['queues', 'ok'], []]);
  expect(hooks.list('forward')).toHaveLength(1);
});

test('a queued packet goes on behind its rule, before it, or not at all, and once only', () => {
  const { hooks, add, send, asked, lost } = table();
  const queued: QueuedPacket[] = [];
  add('queues', 0, { queue: 7, bypass: false });
  add('later', 1);
  const end = hooks.listen(7, (one) => queued.push(one));
  expect(() => hooks.listen(7, () => {})).toThrow('queue 7 has a listener');
  send();
  expect(asked.splice(0)).toEqual(['queues']);
  queued[0]?.decide('accept');
  queued[0]?.decide('accept');
  expect(asked.splice(0)).toEqual(['later', 'ok']);
  send();
  queued[1]?.decide('repeat');
  expect(asked.splice(0)).toEqual(['queues', 'queues']);
  queued[2]?.decide('drop');
  expect([asked, lost]).toEqual([[], ['the program behind queue 7 dropped it']]);
  end();
  send();
  expect(lost).toHaveLength(2);
});

test('a changed packet gets another way before the next one is asked; without one it ends there', () => {
  const asked: string[] = [];
  let found: 'ENETUNREACH' | undefined;
  const hooks = new HookTable(
    () => {},
    () => {
      asked.push('route');
      return found;
    },
  );
  const run = (name: string, changes: boolean) => (passage: Passage) => {
    asked.push(name);
    if (changes) passage.reroute = true;
    return 'accept' as const;
  };
  hooks.register('output', { name: 'nat', priority: -100, run: run('nat', true) });
  hooks.register('output', { name: 'filter', priority: 0, run: run('filter', false) });
  const send = () =>
    hooks.pass(new Passage('output', packet, new Skb(undefined, 0), undefined, undefined, () => undefined));
  expect(send()).toBeUndefined();
  expect(asked.splice(0)).toEqual(['nat', 'route', 'filter']);
  found = 'ENETUNREACH';
  expect(send()).toBe('ENETUNREACH');
  expect(asked).toEqual(['nat', 'route']);
});
