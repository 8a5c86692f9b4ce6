import { expect, test } from 'vitest';
import type { NetworkNamespace } from '../../linux/namespace.ts';
import { Bench } from '../network.fixture.ts';

// This machine's kernel has no netem: tc-netem(8), tc/q_netem.c and net/sched/sch_netem.c are the judges.

function setup() {
  const bench = new Bench();
  const { lab } = bench;
  const a = lab.node('a', 2);
  const b = lab.node('b', 3);
  const run = async (where: NetworkNamespace, line: string) => {
    const { code, stdout, stderr } = await bench.run(where, line);
    if (code !== 0) throw new Error(`${line}: ${stderr}`);
    return stdout;
  };
  /** How many of `count` pings come back, and the sequence in which they do. */
  const pings = async (count: number, patience = 10_000) => {
    const socket = a.sockets.openIcmp({ pid: 1, name: 'test' });
    const back: number[] = [];
    void (async () => {
      for (;;) back.push((await socket.receive()).sequence);
    })().catch(() => {});
    for (let sequence = 1; sequence <= count; sequence++) {
      socket.send(0xac120003, { sequence, data: new Uint8Array(56) });
      await lab.clock.runTo(lab.clock.now() + 5);
    }
    await lab.clock.runTo(lab.clock.now() + patience);
    socket.close();
    return back;
  };
  return { bench, lab, a, b, run, pings };
}

test('delay holds each packet back, and what is set is shown', async () => {
  const { lab, a, run } = setup();
  await lab.ping(a, '172.18.0.3');
  await run(a, 'tc qdisc add dev eth0 root netem delay 100ms');
  const start = lab.clock.now();
  await lab.ping(a, '172.18.0.3');
  const took = lab.clock.now() - start;
  expect(took).toBeGreaterThan(100);
  expect(took).toBeLessThan(101);
  expect(await run(a, 'tc qdisc')).toBe(
    'qdisc noqueue 0: dev lo root refcnt 2 \nqdisc netem 8001: dev eth0 root refcnt 3 limit 1000 delay 100ms\n',
  );
  expect(await run(a, 'tc -s qdisc show dev eth0')).toBe(
    'qdisc netem 8001: root refcnt 3 limit 1000 delay 100ms\n' +
      ' Sent 98 bytes 1 pkt (dropped 0, overlimits 0 requeues 0) \n backlog 0b 0p requeues 0\n',
  );
  expect(await run(a, 'ip link show eth0')).toContain(' mtu 1500 qdisc netem state UP ');
  await run(
    a,
    'tc qdisc change dev eth0 root netem limit 5 delay 1.5s 10ms 25% loss 5% duplicate 0.5% 10% reorder 25% 50% rate 1mbit',
  );
  expect(await run(a, 'tc qdisc show dev eth0')).toBe(
    'qdisc netem 8001: root refcnt 3 limit 5 delay 1.5s  10ms 25% loss 5% duplicate 0.5% 10% reorder 25% 50% rate 1Mbit gap 1\n',
  );
  await run(a, 'tc qdisc del dev eth0 root');
  expect(await run(a, 'tc qdisc show dev eth0')).toBe('qdisc noqueue 0: root refcnt 2 \n');
});

test('loss, duplicates and reordering, from the seed', async () => {
  const { lab, a, run, pings } = setup();
  await lab.ping(a, '172.18.0.3');
  await run(a, 'tc qdisc add dev eth0 root netem loss 30%');
  const some = await pings(100);
  expect(some.length).toBeGreaterThan(50);
  expect(some.length).toBeLessThan(90);
  expect(lab.events.some(({ reason }) => reason === 'netem of eth0 loses 30% of its packets')).toBe(true);
  await run(a, 'tc qdisc replace dev eth0 root netem loss 100%');
  expect(await pings(5)).toEqual([]);
  await run(a, 'tc qdisc replace dev eth0 root netem duplicate 100%');
  expect(await pings(3)).toEqual([1, 1, 2, 2, 3, 3]);
  await run(a, 'tc qdisc replace dev eth0 root netem delay 12ms reorder 100% gap 3');
  // Two packets wait, the third overtakes them both.
  expect(await pings(3)).toEqual([3, 1, 2]);
  await run(a, 'tc qdisc replace dev eth0 root netem delay 100ms limit 2');
  expect(await pings(4)).toEqual([1, 2]);
  expect(lab.events.some(({ reason }) => reason === "netem's queue of eth0 is full (limit 2)")).toBe(true);
});

test('a rate stretches what is sent at once', async () => {
  const { lab, a, run } = setup();
  await lab.ping(a, '172.18.0.3');
  // 98 bytes are 784 bits.
  await run(a, 'tc qdisc add dev eth0 root netem rate 7840bit');
  const start = lab.clock.now();
  await lab.ping(a, '172.18.0.3');
  expect(Math.round(lab.clock.now() - start)).toBe(100);
});

test.each([
  ['netem delay 100x', 1, 'Illegal "latency"'],
  ['netem loss 200%', 1, 'Illegal "loss percent"'],
  ['netem loss', 255, 'Command line is not complete. Try option "help"'],
  ['netem rate x', 1, 'Illegal "rate"'],
  ['netem limit x', 1, 'Illegal "limit"'],
  ['netem duplicate x', 1, 'Illegal "duplicate"'],
  ['foo', 2, 'Error: Specified qdisc kind is unknown.'],
  ['netem corrupt 1%', 1, 'tc: netem corrupt is not modelled in this simulation'],
  ['tbf rate 1mbit', 1, 'tc: qdisc tbf is not modelled in this simulation'],
])('tc qdisc add dev eth0 root %s', async (words, code, message) => {
  const { bench, a } = setup();
  const line = `tc qdisc add dev eth0 root ${words}`;
  expect(await bench.run(a, line)).toEqual({ code, stdout: '', stderr: `${message}\n` });
});

test.each([
  ['tc qdisc del dev eth0 root', 'Error: Cannot delete qdisc with handle of zero.'],
  ['tc qdisc del dev eth0 root netem', 'Error: Invalid qdisc name: must match existing qdisc.'],
  ['tc qdisc change dev eth0 root netem delay 1ms', 'Error: Qdisc not found. To create specify NLM_F_CREATE flag.'],
  ['tc qdisc add dev eth0 netem', 'Error: Handle cannot be zero.'],
  ['tc qdisc add root netem', 'RTNETLINK answers: No such device'],
])('%s', async (line, message) => {
  const { bench, a } = setup();
  expect(await bench.run(a, line)).toEqual({ code: 2, stdout: '', stderr: `${message}\n` });
});
