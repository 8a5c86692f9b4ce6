import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type LessonRecord, recordPath } from '../../src/build/outputs.ts';
import { lessonOutputs, recordLesson } from './lessons.ts';

describe.each(lessonOutputs().map((outputs) => [outputs.lesson, outputs] as const))(
  'the lesson %s',
  (lesson, outputs) => {
    test('shows what its commands print today', async () => {
      const path = recordPath(lesson);
      expect(existsSync(path), `${path} is missing: npm run record`).toBe(true);
      const recorded = JSON.parse(readFileSync(path, 'utf8')) as LessonRecord;
      expect(recorded, 'the outputs have changed; look at the difference, then npm run record').toEqual(
        await recordLesson(outputs),
      );
    });
  },
);
