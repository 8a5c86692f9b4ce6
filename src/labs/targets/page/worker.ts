/**
 * The Worker behind a lab page. It speaks the session's protocol by `postMessage`; the lab itself is fetched from
 * the site, beside the page that shows it. This file is small so that the lab comes while the browser still loads
 * and reads all that a cluster is made of.
 */
import { eventLoopHost } from '../../../simulation/host.ts';
import type { SessionCommand, SessionEvent } from '../../session/protocol.ts';
import type { Lab } from '../../spec/lab.ts';
import type { PageSession } from './session.ts';

const scope = globalThis as unknown as {
  postMessage(event: SessionEvent): void;
  onmessage: ((message: { readonly data: SessionCommand }) => void) | null;
};

const wall = {
  now: () => performance.now(),
  after: (delay: number, task: () => void) => {
    const timer = setTimeout(task, delay);
    return { cancel: () => clearTimeout(timer) };
  },
};

const made = import('./session.ts');

let session: Promise<PageSession> | undefined;
let order = Promise.resolve();

scope.onmessage = ({ data }) => {
  order = order.then(() => take(data)).catch(tell);
};

async function take(command: SessionCommand): Promise<void> {
  if (command.type === 'start') session = load(command.lab);
  const running = await session;
  if (running === undefined) throw new Error('Start a lab first.');
  // A start takes a while, and what is typed meanwhile has to reach it.
  void running.handle(command).catch(tell);
}

async function load(id: string): Promise<PageSession> {
  const [lab, { PageSession }] = await Promise.all([fetchLab(id), made]);
  return new PageSession({
    lab,
    host: eventLoopHost(),
    wall,
    emit: (event) => scope.postMessage(event),
    // Not randomUUID, which browsers offer over HTTPS only.
    newSeed: () => crypto.getRandomValues(new Uint32Array(4)).join('-'),
  });
}

async function fetchLab(id: string): Promise<Lab> {
  const answer = await fetch(`${import.meta.env.BASE_URL.replace(/\/?$/, '/')}labs/${encodeURIComponent(id)}.json`);
  if (!answer.ok) throw new Error(`The lab "${id}" could not be loaded: the site answered ${answer.status}.`);
  return (await answer.json()) as Lab;
}

function tell(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  scope.postMessage({ type: 'cluster', phase: 'failed', message });
  scope.postMessage({ type: 'error', message, hint: 'Reload the page to try again.' });
}
