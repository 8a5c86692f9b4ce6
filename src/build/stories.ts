import { readFile } from 'node:fs/promises';
import type { Story } from '../walk/story/story.ts';

export const storyPath = (name: string): string => `tests/recorded/walks/${name}.json`;

/** A walk's story, as the tests recorded it on the simulated cluster. */
export async function story(name: string): Promise<Story> {
  const text = await readFile(storyPath(name), 'utf8').catch(() => undefined);
  if (text === undefined)
    throw new Error(`The walk "${name}" has no story at ${storyPath(name)}. Record it: npm run record`);
  return JSON.parse(text) as Story;
}
