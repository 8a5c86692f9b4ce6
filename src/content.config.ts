import { defineCollection } from 'astro:content';
import { docsSchema } from '@astrojs/starlight/schema';
import { file, glob } from 'astro/loaders';
import { z } from 'astro/zod';
import { parse } from 'yaml';

/** `1-pods/a-lesson.mdx` is served at `/pods/a-lesson/`: the number only sorts the folders. */
const idOf = (entry: string) => entry.replace(/^\d+-/, '').replace(/\.mdx?$/, '');

/** Collections are kept by id, so the order of the file goes in as a field. */
const inOrder = (text: string) =>
  (parse(text).modules as Record<string, unknown>[]).map((module, order) => ({ ...module, order }));

export const collections = {
  docs: defineCollection({
    loader: glob({ base: './content', pattern: '**/[^_]*.{md,mdx}', generateId: ({ entry }) => idOf(entry) }),
    schema: docsSchema({
      extend: z.object({
        /** One line: what the reader can do afterwards. Lessons have it, reference pages don't. */
        outcome: z.string().max(160).optional(),
        minutes: z.number().int().min(1).max(30).optional(),
        /** The lab that goes with the lesson, by its folder under `labs/`. */
        lab: z.string().optional(),
      }),
    }),
  }),
  modules: defineCollection({
    loader: file('./content/course.yaml', { parser: inOrder }),
    schema: z.object({
      order: z.number(),
      title: z.string(),
      about: z.string(),
      lessons: z.array(z.string()),
      labs: z.array(z.string()),
    }),
  }),
};
