import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import * as pagefind from 'pagefind';

/**
 * Makes the index of the search. Starlight would let Pagefind's service write the files, and end the service before the
 * last of them have reached the disk: now and then one comes out cut or empty. So the files are fetched and written here.
 */
export function searchIndex(): AstroIntegration {
  return {
    name: 'hop-search-index',
    hooks: {
      'astro:build:done': async ({ dir, logger }) => {
        const site = fileURLToPath(dir);
        const files = await indexOf(site);
        for (const { path, content } of files) {
          const file = join(site, 'pagefind', path);
          await mkdir(dirname(file), { recursive: true });
          await writeFile(file, content);
        }
        logger.info(`wrote the search index: ${files.length} files`);
      },
    },
  };
}

/** @returns what belongs under `pagefind/` of the site built in `folder`. Throws what Pagefind found wrong. */
export async function indexOf(
  folder: string,
): Promise<readonly { readonly path: string; readonly content: Uint8Array }[]> {
  try {
    const { index, errors } = await pagefind.createIndex();
    if (index === undefined) throw faults(errors);
    const added = await index.addDirectory({ path: folder });
    if (added.errors.length > 0) throw faults(added.errors);
    if (added.page_count === 0) throw faults([`there is no page in ${folder}`]);
    const made = await index.getFiles();
    if (made.errors.length > 0) throw faults(made.errors);
    return made.files;
  } finally {
    await pagefind.close();
  }
}

function faults(errors: readonly string[]): Error {
  return new Error(`The search index could not be made:\n  ${errors.join('\n  ')}`);
}
