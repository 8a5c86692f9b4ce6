import { expect, test } from 'vitest';
import type { Check } from '../spec/lab.ts';
import { type ProbeResult, TargetError } from '../target.ts';
import { FakeTarget, pod } from '../target-for-test.ts';
import { type CheckContext, describe, evaluate, watches } from './check.ts';
import { differences } from './match.ts';

const because = 'It matters.';
const variables = { WORKER2: 'hop-lab-worker2', old: 'shop-1' };

function around(...objects: ReturnType<typeof pod>[]): CheckContext & { target: FakeTarget } {
  const target = new FakeTarget();
  for (const object of objects) target.put(object);
  return { target, cluster: 'hop-lab', variables };
}

const placed = (nodeName: string) => pod('mine', { spec: { nodeName, containers: [{ name: 'a', image: 'x' }] } });
const mine: Check = {
  assert: { kind: 'Pod', metadata: { name: 'mine' }, spec: { nodeName: '$WORKER2' } },
  because,
};

test('an object has what is listed, and may have more', () => {
  const object = { a: { b: 1, c: [{ name: 'x', port: 80 }, { name: 'y' }] }, more: true };
  expect(differences({ a: { b: 1, c: [{ port: '80' }] } }, object)).toEqual([]);
  expect(differences({ a: { c: [{ name: 'y' }, { name: 'x', port: 80 }] } }, object)).toEqual([]);
  expect(differences({ a: { b: 2 } }, object)).toEqual([{ path: 'a.b', expected: 2, found: 1 }]);
  expect(differences({ a: { c: [{ name: 'z' }] } }, object)).toMatchObject([
    { path: 'a.c', expected: [{ name: 'z' }] },
  ]);
  expect(differences({ a: { d: {} } }, object)).toEqual([{ path: 'a.d', expected: {}, found: undefined }]);
  expect(differences({ gone: null }, object)).toEqual([]);
});

test('assert: passes, and says what it found where it fails', async () => {
  expect(await evaluate(mine, around(placed('hop-lab-worker2')))).toEqual({
    state: 'passing',
    expected: 'Pod mine with spec.nodeName hop-lab-worker2',
    lookAt: 'kubectl get pod mine -o yaml',
  });
  expect(await evaluate(mine, around(placed('hop-lab-worker')))).toMatchObject({
    state: 'failing',
    found: 'Pod mine: spec.nodeName is hop-lab-worker',
  });
  expect(await evaluate(mine, around())).toMatchObject({ state: 'failing', found: 'no Pod mine' });
  expect(describe(mine, variables)).toBe('Pod mine with spec.nodeName hop-lab-worker2');
  expect(watches(mine)).toEqual([{ apiVersion: 'v1', kind: 'Pod' }]);
});

test('assert: absent, by a name that was captured', async () => {
  const gone: Check = { assert: { kind: 'Pod', metadata: { name: '$old' } }, absent: true, because };
  expect(await evaluate(gone, around(pod('other')))).toMatchObject({ state: 'passing', expected: 'no Pod shop-1' });
  expect(await evaluate(gone, around(pod('shop-1')))).toMatchObject({ state: 'failing', found: 'Pod shop-1' });
});

test('assert: count, among those that a selector finds', async () => {
  const two: Check = { assert: { kind: 'Pod' }, selector: 'app=web', count: 2, because };
  const web = (name: string) => pod(name, {}, { app: 'web' });
  expect(await evaluate(two, around(web('a'), web('b'), pod('c')))).toMatchObject({ state: 'passing' });
  expect(await evaluate(two, around(web('a'), pod('c')))).toMatchObject({ state: 'failing', found: '1: a' });
});

test('assert: of several objects the one that is nearest is told', async () => {
  const any: Check = { assert: { kind: 'Pod', spec: { a: 1, b: 2 } }, because };
  const context = around(pod('far', { spec: { a: 0, b: 0 } }), pod('near', { spec: { a: 1, b: 0 } }));
  expect(await evaluate(any, context)).toMatchObject({ found: 'Pod near: spec.b is 0' });
});

const probe: Check = {
  probe: {
    from: 'pod/client',
    at: '{.status.podIP} of pod/mine',
    to: 'http://$at:8080/hostname',
    timeout: 2,
    expect: { outcome: 'reply', status: 200, from: { app: 'mine' } },
  },
  because,
};

async function probed(result: ProbeResult) {
  const context = around(
    pod('mine', { status: { podIP: '10.244.2.7' } }, { app: 'mine' }),
    pod('else', {}, { app: 'x' }),
  );
  context.target.onProbe = () => result;
  return { outcome: await evaluate(probe, context), log: context.target.log };
}

test('probe: real traffic to an address that is looked up', async () => {
  expect(describe(probe, variables)).toBe(
    'pod client gets status 200, an answer of a pod labelled app=mine from pod/mine on port 8080',
  );
  const { outcome, log } = await probed({ outcome: 'reply', status: 200, pod: 'mine', milliseconds: 1 });
  expect(outcome).toEqual({
    state: 'passing',
    expected: 'status 200, an answer of a pod labelled app=mine',
    found: 'status 200 from pod mine',
    lookAt: 'kubectl exec client -- curl -m 2 http://10.244.2.7:8080/hostname',
  });
  expect(log).toEqual(['probe http://10.244.2.7:8080/hostname']);
});

test('probe: another status, another pod, no reply', async () => {
  const found = async (result: ProbeResult) => (await probed(result)).outcome;
  expect(await found({ outcome: 'reply', status: 404, milliseconds: 1 })).toMatchObject({
    state: 'failing',
    found: 'status 404',
  });
  expect(await found({ outcome: 'reply', status: 200, pod: 'else', milliseconds: 1 })).toMatchObject({
    state: 'failing',
    found: 'a reply from pod else, whose labels are {"app":"x"}',
  });
  expect(await found({ outcome: 'refused', detail: 'port 8080' })).toMatchObject({
    state: 'failing',
    found: '"connection refused": port 8080',
  });
});

test('probe: nothing to send to yet, and no place to send from', async () => {
  expect(await evaluate(probe, around())).toMatchObject({
    state: 'failing',
    found: 'not there yet: {.status.podIP} of pod/mine',
  });
  const context = around(pod('mine', { status: { podIP: '10.244.2.7' } }));
  context.target.onProbe = () => {
    throw new TargetError('notFound', 'There is no pod "client".');
  };
  expect(await evaluate(probe, context)).toMatchObject({ state: 'failing', found: 'There is no pod "client".' });
});

test('probe: a target that fails is no verdict', async () => {
  const context = around(pod('mine', { status: { podIP: '10.244.2.7' } }));
  context.target.onProbe = () => {
    throw new TargetError('unavailable', 'away');
  };
  await expect(evaluate(probe, context)).rejects.toThrow('away');
});

const routes = 'default via 172.18.0.1\n10.244.2.0/24 via 172.18.0.4 dev eth0\n';

test('command: contains, lacks, matches', async () => {
  const context = around();
  const places: unknown[] = [];
  context.target.onExec = (place) => {
    places.push(place);
    return { code: 0, stdout: routes, stderr: '' };
  };
  const check = (more: object): Check => ({
    command: { in: 'node/worker2', run: 'ip route', timeout: 5, ...more },
    because,
  });
  const state = async (more: object) => (await evaluate(check(more), context)).state;
  expect(await state({ contains: ['10.244.2.0/24', 'default'] })).toBe('passing');
  expect(await state({ contains: ['10.244.2.0/24', 'nothing'] })).toBe('failing');
  expect(await state({ lacks: 'veth' })).toBe('passing');
  expect(await state({ lacks: 'eth0' })).toBe('failing');
  expect(await state({ matches: '^10\\.244\\.2.* dev eth0$' })).toBe('passing');
  expect(await state({ matches: '^dev' })).toBe('failing');
  context.target.onExec = () => ({ code: 127, stdout: '', stderr: 'sh: ipp: not found' });
  expect(await evaluate(check({ lacks: 'veth' }), context)).toMatchObject({
    state: 'failing',
    found: 'sh: ipp: not found',
  });
  context.target.onExec = () => ({ code: 1, stdout: '', stderr: '' });
  expect(await state({ lacks: 'veth' })).toBe('passing');
  context.target.onExec = () => ({ code: 0, stdout: routes, stderr: '' });
  expect(places[0]).toEqual({ kind: 'node', name: 'hop-lab-worker2' });
  expect(await evaluate(check({ contains: 'x' }), context)).toMatchObject({
    expected: '"x"',
    found: routes.trim(),
    lookAt: 'hop node $WORKER2 -- ip route',
  });
});

function answered(accept: Extract<Check, { answer: unknown }>['answer']['accept'], answer?: string) {
  const context = around(
    pod('web', { status: { podIP: '10.244.1.5' } }),
    pod('far', { status: { podIP: '10.244.2.5' } }),
  );
  context.target.onExec = () => ({
    code: 0,
    stdout: '10.244.1.5 dev veth12 scope host\n10.244.1.6 dev veth34\n',
    stderr: '',
  });
  return evaluate({ answer: { ask: 'Which?', accept }, because }, { ...context, answer });
}

test('answer: a field, a list, an expression, a command; never told what is right', async () => {
  const state = async (...args: Parameters<typeof answered>) => (await answered(...args)).state;
  expect(await state('{.status.podIP} of pod/web', ' 10.244.1.5\n')).toBe('passing');
  expect(await state('{.status.podIP} of pod/web', '10.244.1.50')).toBe('failing');
  expect(await state('{.status.podIP} of pod/none', '')).toBe('failing');
  expect(await state('{.items[*].status.podIP} of pods', '10.244.2.5')).toBe('passing');
  expect(await state(['eth0', '/veth[0-9]+/'], 'veth7')).toBe('passing');
  expect(await state(['eth0', '/veth[0-9]+/'], 'veth7x')).toBe('failing');
  expect(await state('Refused', 'refused')).toBe('failing');
  const printed = { in: 'node/worker', run: 'ip route', matches: '^10.244.1.5 dev (veth\\S+)' };
  expect(await state(printed, 'veth12')).toBe('passing');
  expect(await state(printed, 'veth34')).toBe('failing');

  const wrong = await answered('{.status.podIP} of pod/web', 'x');
  expect(JSON.stringify(wrong)).not.toContain('10.244.1.5');
  expect(wrong).toEqual({
    state: 'failing',
    expected: 'the right answer, in the field here or by `hop answer TEXT`',
    found: '"x"',
  });
  expect(await answered('it')).toMatchObject({ state: 'failing', found: 'no answer yet' });
});
