import type { LabPage } from '../../build/lab-text.ts';
import { Confirm } from './Confirm.tsx';
import { Html } from './Html.tsx';
import { Progress } from './Progress.tsx';
import { Step } from './Step.tsx';
import type { LabSession } from './session.ts';

interface Props {
  readonly lab: LabPage;
  readonly lesson?: { readonly title: string; readonly href: string };
  readonly session: LabSession | undefined;
  /** The id of the step that is unfolded. */
  readonly shown: string | undefined;
  readonly show: (step: string | undefined) => void;
  readonly restart: () => void;
}

export function Instructions({ lab, lesson, session, shown, show, restart }: Props) {
  const state = session?.state.value;
  const finished = state !== undefined && state.current === undefined;
  return (
    <div class="instructions" id="steps-panel">
      <div class="situation">
        <p class="eyebrow">
          {lab.steps.length} steps · about {lab.minutes} minutes
        </p>
        <Html html={lab.situation} session={session} />
        {lesson !== undefined && (
          <p>
            New to this? Read the lesson first: <a href={lesson.href}>{lesson.title}</a>.
          </p>
        )}
        {lab.reason !== undefined && <p class="note">{lab.reason}</p>}
      </div>
      <div class="steps">
        {lab.steps.map((step, index) => {
          const after = lab.steps[index + 1];
          return (
            <Step
              key={step.id}
              step={step}
              number={index + 1}
              state={state?.steps[index]}
              shown={shown === step.id}
              show={(on) => show(on ? step.id : undefined)}
              {...(after === undefined
                ? {}
                : {
                    next: {
                      title: after.title,
                      go: () => {
                        show(after.id);
                        requestAnimationFrame(() =>
                          document.querySelector<HTMLElement>(`#step-${after.id} h2 button`)?.focus(),
                        );
                      },
                    },
                  })}
              session={session}
            />
          );
        })}
      </div>
      {finished && (
        <div class="finished">
          <h2>All steps done</h2>
          <p>You did the whole lab. The cluster stays: go on and try what you like.</p>
        </div>
      )}
      {session !== undefined && (
        <div class="lab-foot">
          {session.trouble.value !== undefined && <p class="note">{session.trouble.value}</p>}
          {session.target.value === 'page' && <Progress session={session} restart={restart} />}
          <Confirm
            class="link"
            label="Reset the lab"
            question="This deletes what you made in the cluster and sets the lab up anew. Your marks start from the first step."
            yes="Reset the lab"
            act={() => {
              show(lab.steps[0]?.id);
              session.send({ type: 'reset' });
            }}
          />
        </div>
      )}
    </div>
  );
}
