import type { ControlReply } from '../../companion/control.ts';
import type { CheckState, LabState, StepState } from '../../labs/session/protocol.ts';
import type { Lab } from '../../labs/spec/lab.ts';
import type { Screen } from '../screen.ts';

/** Every step with its mark. */
export function showSteps(screen: Screen, lab: Lab, state: LabState): void {
  for (const [i, step] of lab.steps.entries()) {
    const now = state.steps[i];
    const mark = now?.state === 'done' ? screen.paint('green', '✓') : now?.state === 'open' ? '→' : ' ';
    const note = now?.state === 'done' && !now.holds ? screen.paint('dim', '  (no longer true)') : '';
    screen.out(`${mark} ${screen.paint('cyan', step.id.padEnd(16))} ${step.title}${note}`);
  }
}

/** The open step: what is to be done. */
export function showText(screen: Screen, lab: Lab, state: LabState): void {
  const at = lab.steps.findIndex(({ id }) => id === state.current);
  const step = lab.steps[at];
  if (step === undefined) {
    screen.out(screen.paint('green', `All ${lab.steps.length} steps of "${lab.title}" are done.`));
    return;
  }
  screen.out(screen.paint('bold', `Step ${at + 1} of ${lab.steps.length}: ${step.title}`));
  screen.out();
  screen.out(step.text.trimEnd());
}

/** The open step's checks, with what each expected and found. */
export function showChecks(screen: Screen, step: StepState | undefined): void {
  for (const check of step?.checks ?? []) showCheck(screen, check);
}

function showCheck(screen: Screen, { state, title, expected, found, because, lookAt, ask }: CheckState): void {
  const mark = { passing: screen.paint('green', '✓'), failing: screen.paint('red', '✗'), neutral: '·' }[state];
  screen.out(`${mark} ${ask ?? title}`);
  if (state !== 'failing') return;
  const lines = { expected, found, because, 'look at': lookAt };
  for (const [name, text] of Object.entries(lines)) {
    if (text !== undefined) screen.out(`    ${screen.paint('dim', name.padEnd(9))} ${text.trim()}`);
  }
}

export function showErrors(screen: Screen, { errors }: ControlReply): void {
  for (const { message, hint } of errors) {
    screen.err(`${screen.paint('red', 'hop:')} ${message}`);
    if (hint !== undefined) screen.err(`     ${hint}`);
  }
}

export function openStep(state: LabState): StepState | undefined {
  return state.steps.find(({ id }) => id === state.current);
}
