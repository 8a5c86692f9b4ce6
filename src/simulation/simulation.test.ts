import { expect, test } from 'vitest';
import { Channel } from './channel.ts';
import { eventLoopHost } from './host.ts';
import { Simulation } from './simulation.ts';

const simulation = (seed = 'test') => new Simulation({ seed, host: eventLoopHost() });

test('tasks run in order of time, ties in order of scheduling, cancelled ones never', async () => {
  const sim = simulation();
  const seen: string[] = [];
  sim.after(20, () => seen.push('late'));
  sim.after(10, () => seen.push('first'));
  sim.after(10, () => seen.push('second'));
  sim.after(15, () => seen.push('cancelled')).cancel();
  await sim.runTo(15);
  expect(seen).toEqual(['first', 'second']);
  expect(sim.now()).toBe(15);
  await sim.runTo(30);
  expect(seen).toEqual(['first', 'second', 'late']);
});

test('every continuation runs before virtual time moves on', async () => {
  const sim = simulation();
  const times: number[] = [];
  const channel = new Channel<number>(sim);
  const reader = async () => {
    for await (const value of channel) {
      await Promise.resolve();
      times.push(value, sim.now());
    }
  };
  void reader();
  sim.after(1, () => channel.offer(1));
  sim.after(1.001, () => channel.offer(2));
  await sim.runTo(5);
  expect(times).toEqual([1, 1, 2, 1.001]);
});

test('a sender waits while a channel is full, and is told when it is closed', async () => {
  const sim = simulation();
  const channel = new Channel<string>(sim, 1);
  const sent: boolean[] = [];
  void (async () => {
    for (const word of ['a', 'b', 'c']) sent.push(await channel.send(word));
  })();
  await sim.runTo(1);
  expect(sent).toEqual([true]);
  expect(await channel.receive()).toBe('a');
  await sim.runTo(2);
  expect(sent).toEqual([true, true]);
  channel.close();
  await sim.runTo(3);
  expect(sent).toEqual([true, true, false]);
  expect(await channel.receive()).toBe('b');
  expect(await channel.receive()).toBeUndefined();
});

test('an aborted sleep rejects at once with its reason', async () => {
  const sim = simulation();
  const stop = new AbortController();
  let reason: unknown;
  sim.sleep(1000, stop.signal).catch((why: unknown) => {
    reason = why;
  });
  sim.after(10, () => stop.abort('enough'));
  await sim.runTo(11);
  expect(reason).toBe('enough');
});

test('the same seed gives the same numbers; forks do not disturb each other', () => {
  const a = simulation('x').random;
  const b = simulation('x').random;
  const fork = a.fork('other');
  fork.uint32();
  expect([a.uint32(), a.uint32(), a.below(10)]).toEqual([b.uint32(), b.uint32(), b.below(10)]);
  expect(simulation('y').random.uint32()).not.toBe(simulation('x').random.uint32());
  const spread = new Set(Array.from({ length: 1000 }, () => a.below(10)));
  expect(spread.size).toBe(10);
});

test('time stands still while something from outside is awaited', async () => {
  const sim = simulation();
  let release: (value: string) => void = () => {};
  const outside = new Promise<string>((resolve) => {
    release = resolve;
  });
  let got = '';
  void sim.hold(outside).then((value) => {
    got = `${value} at ${sim.now()}`;
  });
  sim.after(5, () => {});
  setTimeout(() => release('program'), 5);
  await sim.runTo(10);
  expect(got).toBe('program at 0');
});

test("work that goes on and on gives the host's queue its turn", async () => {
  let elapsed = 0;
  const turns: number[] = [];
  const host = {
    turn: async () => void turns.push(sim.now()),
    // Each task takes a tenth of a millisecond of the host's time.
    elapsed: () => elapsed,
  };
  const sim: Simulation = new Simulation({ seed: 'slice', host });
  let tasks = 0;
  const work = (): void => {
    elapsed += 0.1;
    if (++tasks < 2000) sim.after(1, work);
  };
  sim.after(0, work);
  await sim.runTo(5000);
  expect(tasks).toBe(2000);
  // 200 ms of work in slices of 8 ms, give or take the 64 tasks between two looks at the clock.
  const gaps = turns.slice(1).map((at, i) => at - (turns[i] ?? 0));
  expect(turns.length).toBeGreaterThan(10);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(160);
});
