import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabState, SessionCommand } from '../labs/session/protocol.ts';
import type { CourseFolder } from '../labs/targets/kind/folder.ts';
import { privateFolder } from '../labs/targets/kind/folder.ts';
import { askLocally, listenLocally } from '../labs/targets/kind/local-socket.ts';
import type { Session } from './session.ts';

/** What `hop lab check` and its like ask of the session that runs in another terminal. */
export type ControlRequest =
  | { readonly command: SessionCommand }
  | { readonly answer: string }
  | { readonly look: true }
  | { readonly stop: true };

export interface ControlReply {
  readonly state: LabState;
  /** What the engine said was wrong while it worked. */
  readonly errors: readonly { readonly message: string; readonly hint?: string }[];
  /** For `answer`. */
  readonly verdict?: { readonly right: boolean; readonly message: string };
}

/** Answers a request with the session's own engine. */
export async function control(session: Session, request: ControlRequest): Promise<ControlReply> {
  const errors: { message: string; hint?: string }[] = [];
  const unlisten = session.listen((event) => {
    if (event.type === 'error') errors.push({ message: event.message, ...(event.hint ? { hint: event.hint } : {}) });
  });
  try {
    let verdict: ControlReply['verdict'];
    if ('command' in request) await session.engine.handle(request.command);
    if ('answer' in request) {
      verdict = await session.engine.answer(request.answer);
      await session.engine.handle({ type: 'check' });
    }
    return { state: session.engine.state, errors, ...(verdict === undefined ? {} : { verdict }) };
  } finally {
    unlisten();
  }
}

/** Lets other commands of this user reach the session. The file that says where is theirs alone. */
export async function serveControl(
  folder: CourseFolder,
  session: Session,
  stop: () => void,
): Promise<{ close(): Promise<void> }> {
  const socket = await listenLocally(async (request) => {
    const asked = request as ControlRequest;
    if ('stop' in asked) setImmediate(stop);
    return control(session, asked);
  });
  const file = controlFile(folder, session.lab);
  await privateFolder(folder.run);
  await writeFile(file, JSON.stringify({ socket: socket.path }), { mode: 0o600 });
  return {
    close: async () => {
      await rm(file, { force: true });
      await socket.close();
    },
  };
}

/** Asks the running session of a lab; undefined when none runs. */
export async function askSession(
  folder: CourseFolder,
  lab: string,
  request: ControlRequest,
): Promise<ControlReply | undefined> {
  const text = await readFile(controlFile(folder, lab), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { socket } = JSON.parse(text) as { readonly socket: string };
  return (await askLocally(socket, request)) as ControlReply | undefined;
}

function controlFile(folder: CourseFolder, lab: string): string {
  return join(folder.run, `${lab}.json`);
}
