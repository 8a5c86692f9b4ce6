import { globSync, readFileSync } from 'node:fs';
import { goodLabs } from '../../src/build/labs.ts';
import { type LessonOutputs, type LessonRecord, outputsIn } from '../../src/build/outputs.ts';
import { openStage } from '../../src/build/stage.ts';

/** What each lesson that shows output wants to have run. */
export function lessonOutputs(): readonly LessonOutputs[] {
  return globSync('content/**/*.mdx')
    .sort()
    .flatMap((file) => outputsIn(file, readFileSync(file, 'utf8')) ?? []);
}

/** Runs a lesson's commands in order on a fresh cluster of its lab. */
export async function recordLesson({ lesson, lab: id, commands }: LessonOutputs): Promise<LessonRecord> {
  const lab = goodLabs().find((one) => one.id === id);
  if (lab === undefined) throw new Error(`the lesson ${lesson} shows the lab "${id}", which is not there`);
  const stage = await openStage(lab, `lesson ${lesson}`);
  const recorded: { run: string; output: string }[] = [];
  for (const run of commands) recorded.push({ run, output: await stage.run(run) });
  await stage.close();
  return { lab: id, commands: recorded };
}
