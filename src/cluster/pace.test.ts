import { expect, test } from 'vitest';
import { eventLoopHost } from '../simulation/host.ts';
import { Simulation } from '../simulation/simulation.ts';
import { Pace, type WallClock } from './pace.ts';

/** A wall clock that moves only when the test says so. */
class FakeWall implements WallClock {
  time = 0;
  task: (() => void) | undefined;
  now(): number {
    return this.time;
  }
  after(_delay: number, task: () => void) {
    this.task = task;
    return { cancel: () => (this.task = undefined) };
  }
  async move(milliseconds: number): Promise<void> {
    this.time += milliseconds;
    const task = this.task;
    this.task = undefined;
    task?.();
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}

function paced() {
  const simulation = new Simulation({ seed: 'pace', host: eventLoopHost() });
  const wall = new FakeWall();
  const failures: unknown[] = [];
  const pace = new Pace(simulation, wall, (error) => failures.push(error));
  return { simulation, wall, pace, failures };
}

test('virtual time follows the wall clock, and stands still while paused', async () => {
  const { simulation, wall, pace } = paced();
  pace.resume();
  await wall.move(0);
  await wall.move(30);
  await wall.move(30);
  expect(simulation.now()).toBe(60);
  pace.pause();
  await wall.move(1000);
  expect(simulation.now()).toBe(60);
  pace.resume();
  await wall.move(0);
  await wall.move(10);
  expect(simulation.now()).toBe(70);
});

test('a tab that was away does not catch up', async () => {
  const { simulation, wall, pace } = paced();
  pace.resume();
  await wall.move(0);
  await wall.move(3_600_000);
  expect(simulation.now()).toBe(250);
});

test('a fault of the simulation pauses it and is told', async () => {
  const { simulation, wall, pace, failures } = paced();
  simulation.after(5, () => {
    throw new Error('broken');
  });
  pace.resume();
  await wall.move(0);
  await wall.move(10);
  expect(failures).toHaveLength(1);
  expect(pace.paused).toBe(true);
});
