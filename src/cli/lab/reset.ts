import type { Context } from '../context.ts';
import { EXIT } from '../failure.ts';
import { throughDoor } from './door.ts';
import { showErrors, showText } from './show.ts';

/** `hop lab reset ID`: the cluster as it was when the lab began, no step passed. */
export async function reset(context: Context, id: string): Promise<number> {
  return throughDoor(context, id, async ({ lab, ask }) => {
    const { screen } = context;
    const reply = await ask({ command: { type: 'reset' } });
    showErrors(screen, reply);
    showText(screen, lab, reply.state);
    return reply.errors.length === 0 ? EXIT.ok : EXIT.wrong;
  });
}
