import type { Context } from '../context.ts';
import { EXIT } from '../failure.ts';
import { throughDoor } from './door.ts';
import { openStep, showErrors, showText } from './show.ts';

/** `hop lab solve ID`: shows the open step's solution and runs it; exit 1 when it did not pass the step. */
export async function solve(context: Context, id: string, options: { show?: boolean }): Promise<number> {
  return throughDoor(context, id, async ({ lab, ask }) => {
    const { screen } = context;
    const open = openStep((await ask({ look: true })).state);
    const step = lab.steps.find((each) => each.id === open?.id);
    if (step === undefined) {
      screen.out(`All steps of "${lab.title}" are done.`);
      return EXIT.ok;
    }
    screen.out(step.solution.trimEnd());
    const reply = await ask({ command: { type: 'solution', step: step.id, run: options.show !== true } });
    if (options.show) return EXIT.ok;
    showErrors(screen, reply);
    const done = reply.state.steps.find((each) => each.id === step.id)?.state === 'done';
    if (done) {
      screen.out();
      screen.out(`${screen.paint('green', '✓')} ${step.title}`);
      screen.out();
      showText(screen, lab, reply.state);
    }
    return done ? EXIT.ok : EXIT.wrong;
  });
}
