import { startCompanion } from '../companion/server.ts';
import type { Context } from './context.ts';
import { EXIT } from './failure.ts';
import { interrupted } from './interrupt.ts';
import { readPort } from './port.ts';
import { ensureSite } from './site.ts';

/** `hop start`: the course on 127.0.0.1, until Ctrl-C. */
export async function start({ install, screen }: Context, options: { port: string }): Promise<number> {
  const port = readPort(options.port);
  await ensureSite(install, screen);
  const companion = await startCompanion({ site: install.site, version: install.version, port });
  if (companion.moved) screen.err(`Port ${port} is taken, so another one was chosen.`);
  screen.out(`Hop by Hop is at ${screen.paint('cyan', companion.url)}`);
  if (screen.isTerminal) screen.err(screen.paint('dim', 'Ctrl-C ends it.'));
  await interrupted();
  await companion.close();
  return EXIT.ok;
}
