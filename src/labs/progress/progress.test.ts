import { expect, test } from 'vitest';
import type { LabProgress } from '../session/protocol.ts';
import { type CourseProgress, formatProgress, mergeProgress, NO_PROGRESS, parseProgress, withLab } from './progress.ts';

const lab = (done: string[], more: Partial<LabProgress> = {}): LabProgress => ({
  version: 1,
  lab: 'pods',
  done,
  captures: {},
  hints: {},
  ...more,
});
const course = (page: LabProgress): CourseProgress => withLab(NO_PROGRESS, 'page', page);

test('what is written is read again, without the replay', () => {
  const progress = withLab(
    course(lab(['a'], { captures: { web: '10.244.1.2' }, replay: { seed: 'x' } })),
    'kind',
    lab([]),
  );
  expect(parseProgress(formatProgress(progress))).toEqual({
    progress: { version: 1, labs: { pods: { page: lab(['a'], { captures: { web: '10.244.1.2' } }), kind: lab([]) } } },
  });
});

test('a kept text has its replay still', () => {
  const progress = course(lab(['a'], { replay: { seed: 'x' } }));
  expect(parseProgress(JSON.stringify(progress))).toEqual({ progress });
});

test.each([
  ['', 'This is not a progress file of the course: it is not JSON, or it was cut off.'],
  ['{"version": 1, "labs": {"po', 'This is not a progress file of the course: it is not JSON, or it was cut off.'],
  ['[]', 'This is not a progress file of the course: it has no version.'],
  ['{"version": 2}', 'This progress file is of version 2; this course reads version 1. A newer course may read it.'],
  ['{"version": 1}', 'This progress file is damaged: it has no labs.'],
  ['{"version": 1, "labs": {"pods": 3}}', 'This progress file is damaged at the lab "pods".'],
  ['{"version": 1, "labs": {"pods": {"page": {"done": [1]}}}}', 'This progress file is damaged at the lab "pods".'],
])('a damaged text is told: %s', (text, error) => {
  expect(parseProgress(text)).toEqual({ error });
});

test('merging two loses nothing of either', () => {
  const mine = course(lab(['a'], { hints: { a: 1, b: 3 }, captures: { web: 'mine' } }));
  const other = withLab(course(lab(['a', 'b'], { hints: { a: 2 }, captures: { web: 'other' } })), 'kind', lab(['a']));
  const merged = mergeProgress(mine, other);
  expect(merged.labs.pods?.page).toEqual(lab(['a', 'b'], { hints: { a: 2, b: 3 }, captures: { web: 'other' } }));
  expect(merged.labs.pods?.kind?.done).toEqual(['a']);
  expect(mergeProgress(mine, course(lab(['c']))).labs.pods?.page).toMatchObject({
    done: ['a', 'c'],
    captures: { web: 'mine' },
  });
  expect(mergeProgress(mine, NO_PROGRESS)).toEqual(mine);
});
