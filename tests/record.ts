/**
 * `npm run record`: runs the commands that lessons show, each lesson on a fresh cluster of its lab, and writes down
 * what they printed. `tests/docs/outputs.test.ts` fails when a record is no longer what the commands print.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { recordPath } from '../src/build/outputs.ts';
import { lessonOutputs, recordLesson } from './docs/lessons.ts';

for (const outputs of lessonOutputs()) {
  const path = recordPath(outputs.lesson);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(await recordLesson(outputs), null, 2)}\n`);
  console.log(`${path}: ${outputs.commands.length} commands`);
}
