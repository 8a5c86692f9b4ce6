import { askSession, type ControlReply, type ControlRequest, control } from '../../companion/control.ts';
import { kindSession } from '../../companion/kind-session.ts';
import { clusterSpec } from '../../labs/spec/cluster.ts';
import type { Lab } from '../../labs/spec/lab.ts';
import { courseClusters } from '../../labs/targets/kind/cluster.ts';
import { courseFolder } from '../../labs/targets/kind/folder.ts';
import type { Context } from '../context.ts';
import { EXIT, Failure } from '../failure.ts';
import { findLab } from '../labs.ts';

/** A started lab, as commands reach it. */
export interface LabDoor {
  readonly lab: Lab;
  ask(request: ControlRequest): Promise<ControlReply>;
  close(): Promise<void>;
}

/**
 * The session that runs in another terminal (the page's), or else one of our own for this one command, on the cluster
 * that `hop lab start` made.
 */
export async function openDoor(context: Context, id: string): Promise<LabDoor> {
  const lab = findLab(context.install.labs, id, context.cwd);
  const folder = courseFolder(context.env);
  const running = await askSession(folder, id, { look: true });
  if (running !== undefined) {
    return {
      lab,
      ask: async (request) => {
        const reply = await askSession(folder, id, request);
        if (reply === undefined) throw new Failure(`The lab "${id}" ended meanwhile.`, startAgain(id));
        return reply;
      },
      close: async () => {},
    };
  }
  const { name } = clusterSpec(lab);
  const cluster = (await courseClusters(folder)).find((each) => each.name === name);
  if (cluster === undefined || cluster.state === 'half made') {
    throw new Failure(`The lab "${id}" has not been started.`, startAgain(id), EXIT.missing);
  }
  const kind = kindSession({ lab, folder, hop: { node: process.execPath, script: context.install.script } });
  const failures: string[] = [];
  const unlisten = kind.session.listen((event) => {
    if (event.type === 'cluster' && event.phase === 'failed') failures.push(event.message);
  });
  await kind.start();
  unlisten();
  if (failures.length > 0) {
    await kind.close();
    throw new Failure(`The lab "${id}" could not be taken up: ${failures.join(' ')}`, startAgain(id), EXIT.missing);
  }
  return { lab, ask: (request) => control(kind.session, request), close: () => kind.close() };
}

function startAgain(id: string): string {
  return `Start it: npx hop-by-hop lab start ${id}`;
}

/** Opens a lab's door for one request; closes it whatever comes. */
export async function throughDoor<T>(context: Context, id: string, work: (door: LabDoor) => Promise<T>): Promise<T> {
  const door = await openDoor(context, id);
  try {
    return await work(door);
  } finally {
    await door.close();
  }
}
