import type { LabState, StepState } from '../../labs/session/protocol.ts';

/** What changed from one state to the next, in words for somebody who does not see the marks. */
export function newsBetween(before: LabState | undefined, after: LabState): string {
  if (before === undefined) return '';
  return after.steps
    .flatMap((step, index) => {
      const old = before.steps[index];
      return old === undefined ? [] : stepNews(old, step, index + 1);
    })
    .join(' ');
}

function stepNews(old: StepState, step: StepState, number: number): string[] {
  if (old.state !== 'done' && step.state === 'done') return [`Step ${number} is done.`];
  if (step.state === 'done') {
    if (old.holds && !step.holds) return [`Step ${number} stays done, but is no longer true.`];
    if (!old.holds && step.holds) return [`Step ${number} is true again.`];
    return [];
  }
  return step.checks.flatMap((check, index) => {
    const was = old.checks[index]?.state;
    if (was === check.state || check.state === 'neutral') return [];
    return [check.state === 'passing' ? `Passing: ${check.title}.` : `Not yet: ${check.title}.`];
  });
}
