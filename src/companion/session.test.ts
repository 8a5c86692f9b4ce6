import { expect, test } from 'vitest';
import type { SessionCommand, SessionEvent } from '../labs/session/protocol.ts';
import { readCommand } from './command.ts';
import { Session } from './session.ts';
import type { CompanionEvent } from './wire.ts';

function setUp() {
  const handled: SessionCommand[] = [];
  let emit: (event: SessionEvent) => void = () => {};
  const session = new Session('pods', (to) => {
    emit = to;
    return {
      handle: async (command) => void handled.push(command),
      answer: async () => ({ right: false, message: '' }),
      state: { lab: 'pods', target: 'kind', steps: [] },
      progress: { version: 1, lab: 'pods', done: ['look'], captures: {}, hints: {} },
    };
  });
  const page = () => {
    const events: CompanionEvent[] = [];
    return { events, ...session.attach({ send: (event) => events.push(event) }) };
  };
  return { handled, session, page, emit: (event: SessionEvent) => emit(event) };
}

const open = { type: 'terminal.open', columns: 80, rows: 24 } as const;

test('a second tab reads until it takes over', () => {
  const { handled, page, emit } = setUp();
  const first = page();
  const second = page();
  expect(second.events).toEqual([{ type: 'role', role: 'reader' }]);
  second.command({ type: 'reset' });
  expect(handled).toEqual([]);
  expect(second.events.at(-1)).toMatchObject({ type: 'error', message: expect.stringContaining('Another tab') });
  second.command({ type: 'takeover' });
  expect(first.events.at(-1)).toEqual({ type: 'role', role: 'reader' });
  expect(second.events.at(-1)).toEqual({ type: 'role', role: 'writer' });
  second.command({ type: 'check' });
  first.command({ type: 'terminal.input', data: 'rm' });
  expect(handled).toEqual([{ type: 'check' }]);
  emit({ type: 'terminal.prompt', ready: true });
  expect(first.events.at(-1)).toEqual(second.events.at(-1));
});

test('a page that comes back finds its shell, what it said meanwhile, and how things stand', () => {
  const { handled, page, emit } = setUp();
  const first = page();
  first.command(open);
  emit({ type: 'cluster', phase: 'ready', message: 'ready' });
  emit({ type: 'terminal.output', data: 'before ' });
  first.detach();
  emit({ type: 'terminal.output', data: 'meanwhile' });
  const again = page();
  expect(again.events).toEqual([
    { type: 'role', role: 'writer' },
    { type: 'cluster', phase: 'ready', message: 'ready' },
    { type: 'terminal.replay', data: 'before meanwhile' },
  ]);
  handled.length = 0;
  again.command({ type: 'start', lab: 'pods' });
  again.command({ ...open, columns: 100 });
  expect(handled).toEqual([{ type: 'terminal.resize', columns: 100, rows: 24 }]);
});

test('nobody looking does not stop the shell: its output is acknowledged, and kept within bounds', () => {
  const { handled, page, emit } = setUp();
  const first = page();
  first.command(open);
  emit({ type: 'terminal.output', data: 'x'.repeat(100) });
  first.command({ type: 'terminal.ack', length: 60 });
  first.detach();
  expect(handled.slice(1)).toEqual([
    { type: 'terminal.ack', length: 60 },
    { type: 'terminal.ack', length: 40 },
  ]);
  for (let i = 0; i < 200; i++) emit({ type: 'terminal.output', data: `${'y'.repeat(9999)}\n` });
  expect(handled.at(-1)).toEqual({ type: 'terminal.ack', length: 10_000 });
  const replay = page().events.find((event) => event.type === 'terminal.replay');
  expect(replay?.data.length).toBeLessThanOrEqual(256 * 1024);
  expect(replay?.data.startsWith('y'.repeat(9999))).toBe(true);
});

test('after the shell has ended, a new one is opened; a lab that stopped is started where it was', () => {
  const { handled, page, emit } = setUp();
  const first = page();
  first.command(open);
  emit({ type: 'terminal.exit', code: 0 });
  first.command(open);
  emit({ type: 'cluster', phase: 'stopped', message: 'Stopped' });
  first.command({ type: 'start', lab: 'other' });
  expect(handled).toEqual([
    open,
    open,
    { type: 'start', lab: 'pods', progress: expect.objectContaining({ done: ['look'] }) },
  ]);
});

test('a command is taken only with the fields that it needs', () => {
  expect(readCommand('{"type":"answer","step":"a","text":"b","x":1}')).toEqual({
    type: 'answer',
    step: 'a',
    text: 'b',
  });
  expect(readCommand('{"type":"terminal.ack","length":-1}')).toBeUndefined();
  expect(readCommand('{"type":"terminal.ack","length":0.5}')).toBeUndefined();
  expect(readCommand('{"type":"__proto__"}')).toBeUndefined();
  expect(readCommand('[]')).toBeUndefined();
  expect(readCommand('null')).toBeUndefined();
});
