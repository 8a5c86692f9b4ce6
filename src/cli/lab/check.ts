import type { Context } from '../context.ts';
import { EXIT } from '../failure.ts';
import { throughDoor } from './door.ts';
import { openStep, showChecks, showErrors, showSteps, showText } from './show.ts';

/** `hop lab check ID`: exit 0 when the step that was open is passed (or all are), 1 when not yet. */
export async function check(context: Context, id: string, options: { json?: boolean }): Promise<number> {
  return throughDoor(context, id, async ({ lab, ask }) => {
    const { screen } = context;
    const before = (await ask({ look: true })).state.current;
    const reply = await ask({ command: { type: 'check' } });
    const { state } = reply;
    const passed = state.current === undefined || state.current !== before;
    if (options.json) screen.out(JSON.stringify(state, undefined, 2));
    else {
      showSteps(screen, lab, state);
      screen.out();
      if (passed) showText(screen, lab, state);
      else showChecks(screen, openStep(state));
    }
    showErrors(screen, reply);
    return passed ? EXIT.ok : EXIT.wrong;
  });
}
