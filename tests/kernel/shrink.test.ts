import { expect, test } from 'vitest';
import type { Plan } from './plan.ts';
import { shrink } from './shrink.ts';

const plan: Plan = {
  seed: 'fake',
  namespaces: ['a', 'b', 'c'],
  steps: Array.from({ length: 40 }, (_, i) => ({ in: 'abc'[i % 3] as string, run: `step ${i}` })),
  listeners: [{ in: 'b', protocol: 'udp', port: 53 }],
  probes: Array.from({ length: 20 }, (_, port) => ({ kind: 'connect', in: 'a', to: '10.0.0.1', port })),
  questions: [{ in: 'c', run: 'ip addr' }],
};

test('only what shows the fault is left, and what it stands on', async () => {
  let asked = 0;
  const small = await shrink(plan, async ({ steps, probes }) => {
    asked++;
    const has = (run: string) => steps.some((step) => step.run === run);
    return has('step 7') && has('step 30') && probes.some((probe) => probe.kind === 'connect' && probe.port === 13);
  });
  expect(small).toEqual({
    seed: 'fake',
    namespaces: ['a', 'b'],
    steps: [
      { in: 'b', run: 'step 7' },
      { in: 'a', run: 'step 30' },
    ],
    listeners: [],
    probes: [{ kind: 'connect', in: 'a', to: '10.0.0.1', port: 13 }],
    questions: [],
  });
  expect(asked).toBeLessThan(150);
});

test('a plan whose every part is needed stays as it is', async () => {
  expect(await shrink(plan, async () => false)).toEqual(plan);
});
