import { expect, test } from 'vitest';
import type { Check, Lab } from '../spec/lab.ts';
import { TargetError } from '../target.ts';
import { pod } from '../target-for-test.ts';
import { LabEngine } from './engine.ts';
import { because, LAB, session, step } from './session.fixture.ts';

const start = { type: 'start', lab: 'small' } as const;

test('start sets the lab up: labelled objects, files, nodes filled in', async () => {
  const { target, handle, events, marks } = session();
  await handle(start);
  expect(target.log).toEqual([
    'create hop-lab',
    'apply Namespace default',
    'reset',
    'apply Pod web',
    'apply Namespace default',
  ]);
  const [web] = await target.get({ apiVersion: 'v1', kind: 'Pod', name: 'web' });
  expect(web).toMatchObject({
    metadata: { labels: { 'hop-by-hop/lab': 'small' } },
    spec: { nodeName: 'hop-lab-worker' },
  });
  expect(target.files.get('start.yaml')).toBe('node: hop-lab-worker2\n');
  expect(events.flatMap((event) => (event.type === 'cluster' ? [event.phase] : []))).toEqual([
    'starting',
    'resetting',
    'resetting',
    'ready',
  ]);
  expect(marks()).toEqual(['open', 'waiting', 'waiting']);
});

test('a check is neutral until the learner acts, then tells why not yet', async () => {
  const { pass, handle, checks, target } = session();
  await handle(start);
  await handle({ type: 'terminal.open', columns: 80, rows: 24 });
  await pass(5000);
  expect(checks('make')).toEqual([{ state: 'neutral', title: 'Pod mine' }]);
  target.terminals[0]?.prompt(false);
  target.terminals[0]?.prompt(true);
  await pass(10);
  expect(checks('make')).toEqual([
    {
      state: 'failing',
      title: 'Pod mine',
      expected: 'Pod mine',
      found: 'no Pod mine',
      because,
      lookAt: 'kubectl get pod mine -o yaml',
    },
  ]);
});

test('a step is done when its checks hold for a second, and stays done', async () => {
  const { pass, handle, marks, target, events } = session();
  await handle(start);
  target.put(pod('mine'));
  await pass(900);
  expect(marks()).toEqual(['open', 'waiting', 'waiting']);
  await pass(200);
  expect(marks()).toEqual(['done+', 'open', 'waiting']);
  expect(events.findLast(({ type }) => type === 'progress')).toMatchObject({ progress: { done: ['make'] } });
  target.remove('Pod', 'mine');
  await pass(10);
  expect(marks()).toEqual(['done', 'open', 'waiting']);
});

test('what holds for less than a second is not done', async () => {
  const { pass, handle, marks, target } = session();
  await handle(start);
  target.put(pod('mine'));
  await pass(900);
  target.remove('Pod', 'mine');
  await pass(300);
  target.put(pod('mine'));
  await pass(900);
  expect(marks()).toEqual(['open', 'waiting', 'waiting']);
  await pass(200);
  expect(marks()[0]).toBe('done+');
});

test('the mark turns within 100 ms of the change', async () => {
  const { pass, handle, checks, target } = session();
  await handle(start);
  target.put(pod('mine'));
  await pass(100);
  expect(checks('make')[0]?.state).toBe('passing');
});

test('an answer from the page and from hop answer; what is right is never told', async () => {
  const { pass, handle, marks, target, events, engine } = session();
  await handle(start);
  expect(await engine.answer('x')).toEqual({ right: false, message: 'The step "Step make" asks no question.' });
  target.put(pod('mine'));
  await pass(1100);
  expect(engine.state.steps[1]?.checks[0]).toEqual({ state: 'neutral', title: 'Which?', ask: 'Which?' });
  await handle({ type: 'answer', step: 'say', text: '1.2.3.4' });
  await pass(2000);
  expect(marks()).toEqual(['done+', 'open', 'waiting']);
  expect(await target.services?.answer('5.6.7.8')).toEqual({
    right: false,
    message: 'That is not it. The question: Which?',
  });
  expect(JSON.stringify(events)).not.toContain('10.244.1.2');
  expect(await target.services?.answer(' 10.244.1.2 ')).toEqual({ right: true, message: 'That is right.' });
  await pass(1100);
  expect(marks()).toEqual(['done+', 'done+', 'open']);
});

test('hints come in order; a solution is shown, or run', async () => {
  const { handle, engine, marks, pass, target } = session();
  await handle(start);
  for (const shown of [['ask'], ['ask', 'look'], ['ask', 'look', 'type'], ['ask', 'look', 'type']]) {
    await handle({ type: 'hint', step: 'make' });
    expect(engine.state.steps[0]).toMatchObject({ hintsShown: shown, hintsLeft: 3 - shown.length });
  }
  expect(engine.state.steps[0]?.solution).toBeUndefined();
  await handle({ type: 'solution', step: 'make', run: false });
  await pass(2000);
  expect(engine.state.steps[0]?.solution).toBe('solve make');
  expect(marks()[0]).toBe('open');
  await handle({ type: 'solution', step: 'make', run: true });
  expect(target.log).toContain('run solve make');
  expect(marks()).toEqual(['done+', 'open', 'waiting']);
});

test('goto is set-up and the solutions of the steps before', async () => {
  const { handle, marks, target, engine } = session();
  await handle(start);
  target.log.length = 0;
  await handle({ type: 'goto', step: 'gone' });
  expect(marks()).toEqual(['done+', 'done+', 'open']);
  expect(target.log.filter((line) => !line.includes('Namespace'))).toEqual([
    'reset',
    'apply Pod web',
    'run solve make',
    'run solve say',
  ]);
  expect(engine.progress.captures).toEqual({ web: expect.stringContaining('uid-') });
  await handle({ type: 'reset' });
  expect(marks()).toEqual(['open', 'waiting', 'waiting']);
});

test('a solution that does not pass its step is told, with what it printed', async () => {
  const { handle, events, target } = session();
  await handle(start);
  target.onRun = async () => ({ code: 1, stdout: '', stderr: 'no such thing\n' });
  await handle({ type: 'goto', step: 'gone' });
  expect(events.findLast(({ type }) => type === 'error')).toEqual({
    type: 'error',
    message: 'The solution of "Step make" did not pass it.',
    hint: 'no such thing',
  });
});

test('a goto cancels the one before it', async () => {
  const { handle, marks, engine, clock, errors } = session();
  await handle(start);
  const first = engine.handle({ type: 'goto', step: 'gone' });
  await clock.runTo(clock.now() + 300);
  await handle({ type: 'goto', step: 'say' });
  await first;
  expect(marks()).toEqual(['done+', 'open', 'waiting']);
  expect(errors()).toEqual([]);
});

test('progress is taken up where the cluster still has the lab, else the steps are solved again', async () => {
  const before = session();
  await before.handle(start);
  before.target.put(pod('mine'));
  await before.pass(1100);
  const { progress } = before.engine;

  const again = new LabEngine({ target: before.target, lab: LAB, clock: before.clock, emit: () => {} });
  before.target.log.length = 0;
  const handled = again.handle({ ...start, progress });
  await before.clock.runTo(before.clock.now() + 100);
  await handled;
  expect(again.state.current).toBe('say');
  expect(before.target.log).toEqual(['create hop-lab']);

  const fresh = session();
  await fresh.handle({ ...start, progress });
  expect(fresh.marks()).toEqual(['done+', 'open', 'waiting']);
  expect(fresh.target.log).toContain('run solve make');
});

test('progress survives a cluster that fails, and a solution that does', async () => {
  const progress = { version: 1, lab: 'small', done: ['make', 'say'], captures: {}, hints: { make: 2 } } as const;
  const broken = session();
  broken.target.failure = new TargetError('unavailable', 'no cluster');
  await broken.handle({ ...start, progress });
  expect(broken.events.at(-2)).toEqual({ type: 'cluster', phase: 'failed', message: 'no cluster' });
  broken.target.failure = undefined;
  await broken.handle({ ...start, progress });
  expect(broken.marks()).toEqual(['done+', 'done+', 'open']);

  const unsolved = session();
  unsolved.target.onRun = async () => ({ code: 1, stdout: '', stderr: '' });
  await unsolved.handle({ ...start, progress });
  await unsolved.pass(10);
  expect(unsolved.engine.progress).toMatchObject({ done: ['make', 'say'], hints: { make: 2 } });
  expect(unsolved.marks()).toEqual(['done', 'done+', 'open']);
  for (const event of unsolved.events) if (event.type === 'progress') expect(event.progress.done).toHaveLength(2);
});

test('a lab that changes its nodes gets its cluster anew', async () => {
  const { handle, target } = session({ lab: { ...LAB, changesNode: true } });
  await handle(start);
  target.log.length = 0;
  await handle({ type: 'reset' });
  expect(target.log.slice(0, 2)).toEqual(['destroy', 'create hop-small']);
});

test('a cluster that such a lab was on before is not taken up', async () => {
  const { handle, target } = session({ lab: { ...LAB, changesNode: true } });
  const annotations = { 'hop-by-hop/set-up': 'unfinished' };
  target.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default', annotations } });
  await handle(start);
  expect(target.log.slice(0, 3)).toEqual(['create hop-small', 'destroy', 'create hop-small']);
});

test('a failing target is told once, and nothing is lost', async () => {
  const { handle, target, pass, errors, marks } = session();
  await handle(start);
  target.put(pod('mine'));
  await pass(1100);
  target.failure = new TargetError('unavailable', 'the cluster is away');
  await handle({ type: 'check' });
  await handle({ type: 'check' });
  expect(errors()).toEqual(['the cluster is away']);
  expect(marks()).toEqual(['done+', 'open', 'waiting']);
  target.failure = undefined;
  await handle({ type: 'answer', step: 'say', text: '10.244.1.2' });
  await pass(1100);
  expect(marks()).toEqual(['done+', 'done+', 'open']);
});

test('probes of the open step run again every two seconds on kind, never by themselves in the page', async () => {
  const reaches: Check = {
    probe: { from: 'pod/web', to: 'tcp://web:80', timeout: 2, expect: { outcome: 'reply' }, failsUnsolved: true },
    because,
  };
  const lab: Lab = { ...LAB, steps: [step('reach', [reaches])] };
  const probes = async (pollEvery?: number) => {
    const { handle, target, pass } = session(pollEvery === undefined ? { lab } : { lab, pollEvery });
    await handle(start);
    await pass(10_000);
    return target.log.filter((line) => line.startsWith('probe')).length;
  };
  expect(await probes()).toBe(1);
  expect(await probes(2000)).toBe(6);
});

test('a click types only at the prompt; several lines are pasted as one', async () => {
  const { handle, target, events } = session();
  await handle(start);
  await handle({ type: 'terminal.open', columns: 80, rows: 24 });
  const [terminal] = target.terminals;
  if (terminal === undefined) throw new Error('no terminal was opened');
  await handle({ type: 'terminal.command', command: 'ls', run: true });
  await handle({ type: 'terminal.command', command: 'echo a\necho b\n', run: false });
  terminal.ready = false;
  await handle({ type: 'terminal.command', command: 'rm -r x', run: true });
  expect(terminal.typed).toBe('ls\r\u001b[200~echo a\necho b\u001b[201~');
  terminal.data('hello');
  await handle({ type: 'terminal.ack', length: 5 });
  expect(terminal.acked).toBe(5);
  terminal.exit(3);
  expect(events.filter(({ type }) => type.startsWith('terminal.'))).toEqual([
    { type: 'terminal.prompt', ready: true },
    { type: 'terminal.output', data: 'hello' },
    { type: 'terminal.exit', code: 3 },
  ]);
});

test('a terminal that is asked for early opens with the cluster, and again with a new one', async () => {
  const { handle, target, errors } = session({ lab: { ...LAB, changesNode: true } });
  await handle({ type: 'terminal.open', columns: 80, rows: 24 });
  expect(target.terminals).toHaveLength(0);
  await handle(start);
  expect(target.terminals).toHaveLength(1);
  await handle({ type: 'reset' });
  expect(target.terminals.map(({ closed }) => closed)).toEqual([true, false]);
  expect(errors()).toEqual([]);
});

test('files of the learner, and vi', async () => {
  const { handle, target, events, pass } = session();
  await handle(start);
  await handle({ type: 'file.write', path: 'my.yaml', text: 'a: 1' });
  await handle({ type: 'file.read', path: 'my.yaml' });
  await handle({ type: 'file.read', path: 'none.yaml' });
  await handle({ type: 'file.write', path: 'x.pcap', text: 'a\0\x7f' });
  await handle({ type: 'file.read', path: 'x.pcap' });
  await handle({ type: 'file.fetch', path: 'x.pcap' });
  target.services?.edit('new.yaml');
  await pass(1);
  expect(events.slice(-5)).toEqual([
    { type: 'file.content', path: 'my.yaml', text: 'a: 1' },
    { type: 'error', message: 'no file none.yaml' },
    { type: 'file.content', path: 'x.pcap', text: '', binary: true },
    { type: 'file.bytes', path: 'x.pcap', base64: 'YQB/' },
    { type: 'file.edit', path: 'new.yaml', text: '' },
  ]);
});

test('unknown steps and labs are named', async () => {
  const { handle, errors } = session();
  await handle({ type: 'start', lab: 'other' });
  await handle({ type: 'goto', step: 'nowhere' });
  expect(errors()).toEqual([
    'this session runs the lab "small", not "other"',
    'the lab "small" has no step "nowhere": its steps are make, say, gone',
  ]);
});

test('stop ends the session: nothing is judged any more', async () => {
  const { handle, target, pass, marks, events } = session();
  await handle(start);
  await handle({ type: 'stop' });
  target.put(pod('mine'));
  await pass(2000);
  expect(marks()[0]).toBe('open');
  expect(events.at(-1)).toMatchObject({ type: 'cluster', phase: 'stopped' });
});
