import type { Context } from '../context.ts';
import { EXIT } from '../failure.ts';
import { throughDoor } from './door.ts';
import { openStep, showText } from './show.ts';

/** `hop lab hint ID`: one more hint of the open step. */
export async function hint(context: Context, id: string): Promise<number> {
  return throughDoor(context, id, async ({ lab, ask }) => {
    const { screen } = context;
    const { state } = await ask({ look: true });
    const open = openStep(state);
    if (open === undefined) {
      showText(screen, lab, state);
      return EXIT.ok;
    }
    if (open.hintsLeft === 0) screen.err('That was the last hint. The solution: hop lab solve --show');
    const after = openStep((await ask({ command: { type: 'hint', step: open.id } })).state);
    const shown = after?.hintsShown ?? [];
    for (const [i, text] of shown.entries()) screen.out(`${screen.paint('cyan', `Hint ${i + 1}`)}  ${text.trim()}`);
    return EXIT.ok;
  });
}
