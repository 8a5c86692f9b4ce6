import { nearest } from '../../labs/spec/nearest.ts';
import type { Context } from '../context.ts';
import { EXIT, Failure } from '../failure.ts';
import { findLab } from '../labs.ts';
import { throughDoor } from './door.ts';
import { showErrors, showSteps, showText } from './show.ts';

/** `hop lab goto ID STEP`: exit 1 when a step before it could not be passed. */
export async function goto(context: Context, id: string, step: string): Promise<number> {
  const ids = findLab(context.install.labs, id, context.cwd).steps.map((each) => each.id);
  if (!ids.includes(step)) {
    const meant = nearest(step, ids);
    const next = meant === undefined ? `Its steps are: ${ids.join(', ')}.` : `Did you mean "${meant}"?`;
    throw new Failure(`The lab "${id}" has no step "${step}".`, next, EXIT.usage);
  }
  return throughDoor(context, id, async ({ lab, ask }) => {
    const { screen } = context;
    const reply = await ask({ command: { type: 'goto', step } });
    showErrors(screen, reply);
    showSteps(screen, lab, reply.state);
    screen.out();
    showText(screen, lab, reply.state);
    return reply.state.current === step ? EXIT.ok : EXIT.wrong;
  });
}
