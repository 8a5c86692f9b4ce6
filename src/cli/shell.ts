import { Pace } from '../cluster/pace.ts';
import { LabEngine } from '../labs/session/engine.ts';
import { clusterSpec } from '../labs/spec/cluster.ts';
import { clustersIn } from '../labs/targets/page/start.ts';
import { PageTarget } from '../labs/targets/page/target.ts';
import { eventLoopHost } from '../simulation/host.ts';
import { Simulation } from '../simulation/simulation.ts';
import type { Context } from './context.ts';
import { Failure } from './failure.ts';
import { findLab } from './labs.ts';

interface Options {
  readonly lab?: string;
  readonly c?: string;
}

/** The cluster of a shell without a lab: the usual one. */
const USUAL = clusterSpec({ id: '', cluster: { workers: 2, cni: 'kindnet', proxy: 'iptables' }, changesNode: false });
/** Virtual milliseconds that anything may take: a day. */
const LIMIT = 86_400_000;

/** `hop shell [--lab ID] [-c COMMANDS]`: the page's terminal and cluster in Node. */
export async function shell(context: Context, options: Options): Promise<number> {
  const { screen, install, cwd } = context;
  const simulation = new Simulation({ seed: options.lab ?? 'hop', host: eventLoopHost() });
  const target = new PageTarget(clustersIn(simulation));
  /** Virtual time runs on, as fast as it can, until the work is done. */
  const wait = async <T>(work: Promise<T>): Promise<T> => {
    let done = false;
    const end = (): void => {
      done = true;
      simulation.woke();
    };
    work.then(end, end);
    if (!(await simulation.runUntil(() => done, LIMIT)))
      throw new Failure('This did not end within a day of the cluster.');
    return work;
  };
  const tell = (message: string): void => screen.err(`${screen.paint('red', 'hop:')} ${message}`);
  if (options.lab === undefined) {
    target.serve({
      answer: async () => ({ right: false, message: 'No lab runs here, so nothing is asked: hop shell --lab ID' }),
      edit: () => tell('the editor is in the page; here, write files with cat > FILE'),
    });
    await wait(target.create(USUAL));
  } else {
    const lab = findLab(install.labs, options.lab, cwd);
    const failures: string[] = [];
    const engine = new LabEngine({
      target,
      lab,
      clock: simulation,
      emit: (event) => {
        if (event.type === 'cluster' && event.phase === 'failed') failures.push(event.message);
        if (event.type === 'error') tell(event.message);
        if (event.type === 'file.edit') tell('the editor is in the page; here, write files with cat > FILE');
      },
    });
    await wait(engine.handle({ type: 'start', lab: lab.id }));
    if (failures.length > 0) throw new Failure(`The lab could not be set up: ${failures.join(' ')}`);
  }
  const script = options.c ?? (process.stdin.isTTY ? undefined : await everything(process.stdin));
  if (script === undefined) return interactive(simulation, target);
  const { code } = await wait(target.run(script, { onOutput: (stream, bytes) => process[stream].write(bytes) }));
  return code;
}

/** Keys go to the cluster's terminal as they are pressed; its time follows the wall clock. */
async function interactive(simulation: Simulation, target: PageTarget): Promise<number> {
  const { stdin, stdout } = process;
  const opened = target.terminal({ columns: stdout.columns, rows: stdout.rows });
  let fail: (error: unknown) => void = () => {};
  const pace = new Pace(
    simulation,
    {
      now: () => performance.now(),
      after: (delay, task) => {
        const timer = setTimeout(task, delay);
        return { cancel: () => clearTimeout(timer) };
      },
    },
    (error) => fail(error),
  );
  pace.resume();
  const terminal = await opened;
  stdin.setRawMode(true);
  const typed = (data: Buffer): void => {
    terminal.write(data.toString('utf8'));
    pace.kick();
  };
  const resized = (): void => {
    terminal.resize(stdout.columns, stdout.rows);
    pace.kick();
  };
  stdin.on('data', typed);
  stdout.on('resize', resized);
  try {
    return await new Promise<number>((resolve, reject) => {
      fail = reject;
      terminal.onData((data) => {
        stdout.write(data);
        terminal.ack(data.length);
      });
      terminal.onExit((code) => resolve(code));
      pace.kick();
    });
  } finally {
    pace.pause();
    stdin.off('data', typed);
    stdout.off('resize', resized);
    stdin.setRawMode(false);
    stdin.pause();
    await target.destroy();
  }
}

async function everything(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
