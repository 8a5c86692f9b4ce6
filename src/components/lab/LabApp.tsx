import '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { LabPage } from '../../build/lab-text.ts';
import { type Connection, connection } from './connection.ts';
import { Instructions } from './Instructions.tsx';
import { Mark } from './Mark.tsx';
import { stepMark } from './Step.tsx';
import { LabSession } from './session.ts';
import { TargetSwitch } from './Target.tsx';
import { type Tab, TabList, Workplace } from './Workplace.tsx';

export interface LabProps {
  readonly lab: LabPage;
  readonly lesson?: { readonly title: string; readonly href: string };
}

interface Live {
  readonly session?: LabSession;
  readonly link?: Connection;
}

/**
 * One lab: instructions with their marks, and a place to work. It is rendered once at build time, so that the text is
 * there before any script; the session begins in the browser.
 */
export function LabApp({ lab, lesson }: LabProps) {
  const [{ session, link }, setLive] = useState<Live>({});
  const [tab, setTab] = useState<Tab>('terminal');
  const [shown, setShown] = useState<string | undefined>(lab.steps[0]?.id);
  const state = session?.state.value;
  const current = state?.current;

  // Not before the page stands as it was built, so that both fit.
  useEffect(() => {
    const made = new LabSession(lab.id);
    const connected = connection(made, lab.targets);
    setLive({ session: made, link: connected });
    // On narrow screens one reads first.
    if (matchMedia('(max-width: 61.99rem)').matches) setTab('steps');
    connected.begin();
  }, []);

  // The first word about where the learner stands opens that step; after that only they do.
  const [placed, setPlaced] = useState(false);
  useEffect(() => {
    if (placed || state === undefined) return;
    setPlaced(true);
    setShown(current ?? lab.steps.at(-1)?.id);
  }, [state]);

  const editRequests = session?.editRequests.value ?? 0;
  useEffect(() => {
    if (editRequests > 0) setTab('editor');
  }, [editRequests]);

  useEffect(() => {
    const typed = () => setTab('terminal');
    document.addEventListener('hop-typed', typed);
    return () => document.removeEventListener('hop-typed', typed);
  }, []);

  const number = Math.max(
    0,
    lab.steps.findIndex(({ id }) => id === (current ?? shown)),
  );
  const open = lab.steps[number];
  const openState = state?.steps[number];
  return (
    <div class={`lab tab-${tab}`}>
      <div class="lab-bar">
        <h1>
          <span class="eyebrow">Lab:</span> {lab.title}
        </h1>
        {lab.targets.length > 1 && link !== undefined && (
          <TargetSwitch
            target={link.target.value}
            kindHere={link.kindHere.value}
            choose={(target) => link.choose(target)}
          />
        )}
      </div>
      <div class="strip">
        <p>
          <Mark state={state !== undefined && current === undefined ? 'done' : stepMark(openState)} />{' '}
          <span>
            {state !== undefined && current === undefined
              ? 'All steps done'
              : `Step ${number + 1} of ${lab.steps.length}: ${open?.title ?? ''}`}
          </span>
        </p>
        <TabList tab={tab} choose={setTab} narrow />
      </div>
      <Instructions
        lab={lab}
        session={session}
        {...(lesson === undefined ? {} : { lesson })}
        shown={shown}
        show={setShown}
        restart={() => link?.begin()}
      />
      <Workplace lab={lab} session={session} link={link} tab={tab} choose={setTab} />
      <p class="sr-only" aria-live="polite">
        {session?.announced.value}
      </p>
    </div>
  );
}
