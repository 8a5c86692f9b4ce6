import { expect, test } from 'vitest';
import type { CompanionCommand } from '../../companion/wire.ts';
import type { CheckState, LabState } from '../../labs/session/protocol.ts';
import { Keeper, type Storage } from './keep.ts';
import type { PortEvent, SessionPort } from './port.ts';
import { LabSession } from './session.ts';

/** An engine that says what the test tells it to say. */
class ScriptedPort implements SessionPort {
  readonly sent: CompanionCommand[] = [];
  closed = false;
  #listener: (event: PortEvent) => void = () => {};

  send(command: CompanionCommand): void {
    this.sent.push(command);
  }
  onEvent(listener: (event: PortEvent) => void): void {
    this.#listener = listener;
  }
  close(): void {
    this.closed = true;
  }
  say(...events: PortEvent[]): void {
    for (const event of events) this.#listener(event);
  }
  types(): string[] {
    return this.sent.map(({ type }) => type);
  }
}

function storage(): Storage {
  const entries = new Map<string, string>();
  return {
    length: 0,
    key: () => null,
    getItem: (key) => entries.get(key) ?? null,
    setItem: (key, value) => void entries.set(key, value),
    removeItem: () => {},
  };
}

function begun(kept = storage()) {
  const session = new LabSession('pods', new Keeper('pods', kept));
  const port = new ScriptedPort();
  session.connect('page', port);
  return { session, port };
}

const ready: PortEvent = { type: 'cluster', phase: 'ready', message: 'The cluster is ready', nodes: [] };

const lab = (state: 'open' | 'done', check: CheckState['state'], holds = state === 'done'): PortEvent => ({
  type: 'lab',
  state: {
    lab: 'pods',
    target: 'page',
    steps: [{ id: 'a', state, holds, checks: [{ state: check, title: 'The answer' }], hintsShown: [], hintsLeft: 3 }],
    ...(state === 'open' ? { current: 'a' } : {}),
  } satisfies LabState,
});

test('starts where the learner left off, and opens a shell once the cluster is ready', () => {
  const kept = storage();
  const progress = { version: 1, lab: 'pods', done: ['a'], captures: {}, hints: {} } as const;
  new Keeper('pods', kept).keepProgress(progress);
  const { port } = begun(kept);
  expect(port.sent).toEqual([{ type: 'start', lab: 'pods', progress }]);
  port.say({ type: 'cluster', phase: 'starting', message: '' });
  // Setting a lab up counts as a reset, the first time too.
  port.say({ type: 'cluster', phase: 'resetting', message: '' }, ready);
  port.say({ type: 'cluster', phase: 'resetting', message: '' }, ready);
  expect(port.types()).toEqual(['start', 'terminal.open', 'file.list']);
});

test('keeps what the engine says should be kept', () => {
  const kept = storage();
  const { port } = begun(kept);
  port.say({ type: 'progress', progress: { version: 1, lab: 'pods', done: ['a'], captures: {}, hints: {} } });
  expect(new Keeper('pods', kept).kept.progress?.done).toEqual(['a']);
});

test('output that comes before the terminal waits for it, and is acknowledged when shown', () => {
  const { session, port } = begun();
  port.say(ready, { type: 'terminal.output', data: 'early ' });
  const shown: string[] = [];
  const callbacks: (() => void)[] = [];
  session.attach({
    write: (data, done) => {
      shown.push(data);
      callbacks.push(done);
    },
    replay: () => {},
  });
  port.say({ type: 'terminal.output', data: 'late' });
  expect(shown).toEqual(['early ', 'late']);
  expect(port.types()).not.toContain('terminal.ack');
  for (const done of callbacks) done();
  expect(port.sent.slice(-2)).toEqual([
    { type: 'terminal.ack', length: 6 },
    { type: 'terminal.ack', length: 4 },
  ]);
});

test('a click types only at a free prompt, and says why not elsewhere', () => {
  const { session, port } = begun();
  expect(session.type('ls', true)).toContain('not ready');
  port.say(ready);
  expect(session.type('ls', true)).toContain('busy');
  port.say({ type: 'terminal.prompt', ready: true });
  expect(session.type('ls', false)).toBeUndefined();
  expect(port.sent.at(-1)).toEqual({ type: 'terminal.command', command: 'ls', run: false });
});

test('says in words what the marks say', () => {
  const { session, port } = begun();
  port.say(lab('open', 'neutral'));
  expect(session.announced.value).toBe('');
  port.say(lab('open', 'failing'));
  expect(session.announced.value).toBe('Not yet: The answer.');
  port.say(lab('done', 'passing'));
  expect(session.announced.value).toBe('Step 1 is done.');
  port.say(lab('done', 'failing', false));
  expect(session.announced.value).toBe('Step 1 stays done, but is no longer true.');
});

test('a hidden page pauses, but a learner’s own pause outlasts it', () => {
  const { session, port } = begun();
  port.say(ready);
  session.pause(true, false);
  session.pause(false, false);
  expect(port.sent.slice(-2)).toEqual([
    { type: 'pause', paused: true },
    { type: 'pause', paused: false },
  ]);
  session.pause(true, true);
  session.pause(true, false);
  session.pause(false, false);
  expect(session.paused.value).toBe(true);
});

test('a reader’s tab says so and comes back as writer; a lost engine is told', () => {
  const { session, port } = begun();
  port.say({ type: 'role', role: 'reader' });
  expect(session.phase.value).toBe('elsewhere');
  port.say({ type: 'role', role: 'writer' });
  expect(session.phase.value).toBe('ready');
  port.say({ type: 'closed', message: 'The companion is not answering.' });
  expect(session.phase.value).toBe('closed');
});

test('another engine takes the place of the one before', () => {
  const { session, port } = begun();
  const kind = new ScriptedPort();
  session.connect('kind', kind);
  expect(port.closed).toBe(true);
  expect(kind.sent).toEqual([{ type: 'start', lab: 'pods' }]);
});
