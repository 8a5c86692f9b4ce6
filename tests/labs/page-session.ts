import { LabEngine } from '../../src/labs/session/engine.ts';
import type { Lab } from '../../src/labs/spec/lab.ts';
import { clustersIn } from '../../src/labs/targets/page/start.ts';
import { PageTarget } from '../../src/labs/targets/page/target.ts';
import { eventLoopHost } from '../../src/simulation/host.ts';
import { Simulation } from '../../src/simulation/simulation.ts';
import type { LabSession } from './both-ways.ts';

/** Virtual time that any one piece of work may take, in milliseconds. */
const LIMIT = 600_000;

/** A page target in a simulation of its own, whose time passes only in `wait` and `pass`. */
export function pageBench(seed: string) {
  const clock = new Simulation({ seed, host: eventLoopHost() });
  const target = new PageTarget(clustersIn(clock));
  return {
    clock,
    target,
    async wait<T>(work: Promise<T>): Promise<T> {
      let done = false;
      const end = () => (done = true);
      work.then(end, end);
      if (!(await clock.runUntil(() => done, LIMIT)))
        throw new Error(`not done within ${LIMIT / 1000} s of virtual time`);
      return work;
    },
    pass: (milliseconds: number) => clock.runTo(clock.now() + milliseconds),
    close: () => target.destroy(),
  };
}

/** A lab's session in the page, set up. */
export async function openPage(lab: Lab): Promise<LabSession> {
  const { clock, target, wait, pass } = pageBench(`lab ${lab.id}`);
  const errors: string[] = [];
  const engine = new LabEngine({
    target,
    lab,
    clock,
    emit: (event) => {
      if (event.type === 'error') errors.push(`${event.message} ${event.hint ?? ''}`);
    },
  });
  await wait(engine.handle({ type: 'start', lab: lab.id }));
  if (errors.length > 0) throw new Error(errors.join('\n'));
  return { engine, target, errors, wait, pass };
}
