import { useState } from 'preact/hooks';
import type { StepPage } from '../../build/lab-text.ts';
import type { CheckState, StepState } from '../../labs/session/protocol.ts';
import { Confirm } from './Confirm.tsx';
import { Html } from './Html.tsx';
import { Mark, type MarkState } from './Mark.tsx';
import type { LabSession } from './session.ts';

export function stepMark(state: StepState | undefined): MarkState {
  if (state === undefined || state.state === 'waiting') return 'waiting';
  if (state.state === 'done') return state.holds ? 'done' : 'stale';
  return state.checks.some((check) => check.state === 'failing') ? 'failing' : 'neutral';
}

interface Props {
  readonly step: StepPage;
  readonly number: number;
  readonly state: StepState | undefined;
  readonly shown: boolean;
  readonly show: (shown: boolean) => void;
  /** Goes on to the step after, where there is one. */
  readonly next?: { readonly title: string; readonly go: () => void };
  readonly session: LabSession | undefined;
}

export function Step({ step, number, state, shown, show, next, session }: Props) {
  const mark = stepMark(state);
  const id = `step-${step.id}`;
  return (
    <section class={`step step-${mark}`} aria-labelledby={`${id}-title`} id={id}>
      <h2 id={`${id}-title`}>
        <button type="button" aria-expanded={shown} aria-controls={`${id}-body`} onClick={() => show(!shown)}>
          <Mark state={mark} />
          <span class="number" data-pagefind-ignore>
            {number}
          </span>
          <span>{step.title}</span>
        </button>
      </h2>
      <div id={`${id}-body`} hidden={!shown}>
        <Html html={step.text} session={session} />
        {state !== undefined && state.checks.length > 0 && (
          <ul class="checks" aria-label="Checks">
            {state.checks.map((check, index) => (
              <Check key={String(index)} check={check} done={state.state === 'done'} step={step.id} session={session} />
            ))}
          </ul>
        )}
        {state?.state === 'done' && !state.holds && (
          <p class="note">This step stays done, but what it asked for is no longer true in the cluster.</p>
        )}
        {state?.state === 'done' && next !== undefined && (
          <p>
            <button type="button" class="action" onClick={next.go}>
              Go on: {next.title}
            </button>
          </p>
        )}
        {session !== undefined && state !== undefined && <Help step={step} state={state} session={session} />}
      </div>
    </section>
  );
}

function Check({
  check,
  done,
  step,
  session,
}: {
  check: CheckState;
  done: boolean;
  step: string;
  session: LabSession | undefined;
}) {
  return (
    <li class={`check check-${check.state}`}>
      <Mark state={check.state} size={19} />
      <div>
        {check.ask === undefined ? (
          <p>{check.title}</p>
        ) : (
          <Answer ask={check.ask} done={done} step={step} session={session} />
        )}
        {check.state === 'failing' && (
          <details class="why">
            <summary>Why not yet?</summary>
            <dl>
              {check.expected !== undefined && (
                <>
                  <dt>Expected</dt>
                  <dd>{check.expected}</dd>
                </>
              )}
              {check.found !== undefined && (
                <>
                  <dt>Found</dt>
                  <dd>{check.found}</dd>
                </>
              )}
            </dl>
            {check.because !== undefined && <p>{check.because}</p>}
            {check.lookAt !== undefined && (
              <p>
                Look at: <code>{check.lookAt}</code>
              </p>
            )}
          </details>
        )}
        {check.state === 'passing' && done && check.because !== undefined && <p class="because">{check.because}</p>}
      </div>
    </li>
  );
}

function Answer({
  ask,
  done,
  step,
  session,
}: {
  ask: string;
  done: boolean;
  step: string;
  session: LabSession | undefined;
}) {
  const [text, setText] = useState('');
  const id = `answer-${step}`;
  if (done) return <p>{ask}</p>;
  return (
    <form
      class="answer"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== '') session?.send({ type: 'answer', step, text: text.trim() });
      }}
    >
      <label for={id}>{ask}</label>
      <span>
        <input
          id={id}
          value={text}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button type="submit" class="action quiet">
          Answer
        </button>
      </span>
    </form>
  );
}

function Help({ step, state, session }: { step: StepPage; state: StepState; session: LabSession }) {
  const open = state.state === 'open';
  const hints = step.hints.slice(0, state.hintsShown.length);
  return (
    <div class="help">
      {hints.length > 0 && (
        <ol class="hints" aria-label="Hints">
          {hints.map((hint, index) => (
            <li key={String(index)}>
              <Html html={hint} session={session} />
            </li>
          ))}
        </ol>
      )}
      {state.solution !== undefined && (
        <div class="solution">
          <h3>Solution</h3>
          <pre>
            <code>{state.solution.trim()}</code>
          </pre>
        </div>
      )}
      <p class="ways">
        {open && state.hintsLeft > 0 && (
          <button type="button" class="link" onClick={() => session.send({ type: 'hint', step: step.id })}>
            {state.hintsShown.length === 0 ? 'A hint' : 'Another hint'} ({state.hintsLeft} left)
          </button>
        )}
        {open && state.solution === undefined && (
          <button
            type="button"
            class="link"
            onClick={() => session.send({ type: 'solution', step: step.id, run: false })}
          >
            Show the solution
          </button>
        )}
        {open && state.solution !== undefined && (
          <button
            type="button"
            class="link"
            onClick={() => session.send({ type: 'solution', step: step.id, run: true })}
          >
            Run the solution
          </button>
        )}
        {open && (
          <button type="button" class="link" onClick={() => session.send({ type: 'check' })}>
            Check now
          </button>
        )}
        <Confirm
          class="link"
          label={state.state === 'waiting' ? 'Skip to here' : 'Start this step again'}
          question="This sets the lab up anew: what you made in the cluster is deleted, and the solutions of the steps before are applied."
          yes={state.state === 'waiting' ? 'Skip to here' : 'Start again'}
          act={() => session.send({ type: 'goto', step: step.id })}
        />
      </p>
    </div>
  );
}
