import { expect, test } from 'vitest';
import { labIds, readLab } from './labs.ts';

test.each(labIds())('the lab %s is valid', (id) => {
  expect(readLab(id).id).toBe(id);
});

test.each(labIds())('each step of the lab %s has a wrong way that is tested', (id) => {
  for (const step of readLab(id).steps) expect(step.wrong?.length, step.id).toBeGreaterThan(0);
});
