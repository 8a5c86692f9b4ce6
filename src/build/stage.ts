import type { Cluster } from '../cluster/cluster.ts';
import { LabEngine } from '../labs/session/engine.ts';
import type { Lab } from '../labs/spec/lab.ts';
import { clustersIn } from '../labs/targets/page/start.ts';
import { PageTarget } from '../labs/targets/page/target.ts';
import { eventLoopHost } from '../simulation/host.ts';
import { Simulation } from '../simulation/simulation.ts';

/** Virtual milliseconds that setting a lab up, or one command, may take. */
const LIMIT = 600_000;

/** A lab that is set up on a simulated cluster and moves only when asked: for recordings and walks. */
export interface Stage {
  readonly cluster: Cluster;
  /** Runs a command as the learner would. @returns what they would see */
  run(command: string): Promise<string>;
  close(): Promise<void>;
}

/** Rejects with what went wrong when the lab can't be set up. */
export async function openStage(lab: Lab, seed = lab.id): Promise<Stage> {
  const simulation = new Simulation({ seed, host: eventLoopHost() });
  let cluster: Cluster | undefined;
  const start = clustersIn(simulation);
  const target = new PageTarget(async (...args) => {
    cluster = await start(...args);
    return cluster;
  });
  const faults: string[] = [];
  const engine = new LabEngine({
    target,
    lab,
    clock: simulation,
    emit: (event) => {
      if (event.type === 'error' || (event.type === 'cluster' && event.phase === 'failed')) faults.push(event.message);
    },
  });
  const wait = async <T>(work: Promise<T>): Promise<T> => {
    let done = false;
    const end = () => {
      done = true;
      simulation.woke();
    };
    work.then(end, end);
    if (!(await simulation.runUntil(() => done, LIMIT))) throw new Error(`not done after ${LIMIT / 1000} s`);
    return work;
  };
  await wait(engine.handle({ type: 'start', lab: lab.id }));
  if (faults.length > 0 || cluster === undefined)
    throw new Error(`The lab "${lab.id}" could not be set up: ${faults.join('; ')}`);
  // A learner looks a moment later, when nothing is 0 seconds old.
  await simulation.runTo(simulation.now() + 42_000);
  return {
    cluster,
    async run(command) {
      const { stdout, stderr } = await wait(target.run(command));
      return stdout + stderr;
    },
    close: () => target.destroy(),
  };
}
