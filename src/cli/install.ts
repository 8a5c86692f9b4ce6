import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where this copy of the course lies: a checkout, or the package that npm installed. */
export interface Install {
  readonly root: string;
  readonly version: string;
  /** The bundled command line, which the course's own terminals run as `hop`. */
  readonly script: string;
  readonly site: string;
  readonly labs: string;
  /** Whether the sources are here, so that the site can be built. */
  readonly isCheckout: boolean;
}

/** Found upwards from this very file, which is in `src/cli` or bundled in `dist/cli`. */
export function findInstall(from: string = dirname(fileURLToPath(import.meta.url))): Install {
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (existsSync(path)) {
      const { name, version } = JSON.parse(readFileSync(path, 'utf8')) as { name?: string; version?: string };
      if (name === 'hop-by-hop') {
        return {
          root: folder,
          version: version ?? '0.0.0',
          script: join(folder, 'dist', 'cli', 'hop.mjs'),
          site: join(folder, 'dist', 'site'),
          labs: join(folder, 'labs'),
          isCheckout: existsSync(join(folder, 'astro.config.mjs')),
        };
      }
    }
    if (dirname(folder) === folder) throw new Error(`There is no package.json of hop-by-hop above ${from}.`);
  }
}
