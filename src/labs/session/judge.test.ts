import { expect, test } from 'vitest';
import { pod } from '../target-for-test.ts';
import { session } from './session.fixture.ts';

test('a step whose captured object is gone says so, keeps judging, and goes on when it is back', async () => {
  const { pass, handle, marks, checks, errors, target } = session();
  await handle({ type: 'start', lab: 'small' });
  target.remove('Pod', 'web');
  target.put(pod('mine'));
  await pass(1500);
  expect(marks()).toEqual(['done+', 'open', 'waiting']);
  expect(errors()).toEqual([]);
  await pass(5000);
  expect(errors()).toEqual([
    'The step "Step say" can\'t be judged: it starts from {.metadata.uid} of pod/web, and the cluster has no such value. ' +
      'Make the object again (look with: kubectl get pod web -o yaml), or bring it back with a reset of the lab or `goto say`.',
  ]);
  await target.services?.answer('10.244.1.2');
  await pass(1000);
  expect(checks('say')).toMatchObject([
    {
      state: 'failing',
      expected: '{.metadata.uid} of pod/web, which the step starts from',
      found: 'no such value in the cluster',
      lookAt: 'kubectl get pod web -o yaml',
    },
  ]);
  target.remove('Pod', 'mine');
  await pass(600);
  expect(marks()).toEqual(['done', 'open', 'waiting']);
  target.put(pod('mine'));
  target.put(pod('web', { status: { podIP: '10.244.1.2' } }));
  await target.services?.answer('10.244.1.2');
  await pass(3000);
  expect(marks()[1]).toBe('done+');
  expect(errors()).toHaveLength(1);
});
