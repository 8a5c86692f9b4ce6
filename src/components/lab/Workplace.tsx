import type { LabPage } from '../../build/lab-text.ts';
import type { Connection } from './connection.ts';
import { Editor } from './Editor.tsx';
import type { LabSession } from './session.ts';
import { CodeForm, HowToKind } from './Target.tsx';
import { Terminal } from './Terminal.tsx';

export type Tab = 'steps' | 'terminal' | 'editor';

const labels: Readonly<Record<Tab, string>> = { steps: 'Steps', terminal: 'Terminal', editor: 'Editor' };

/** Chooses what is seen. On narrow screens the steps are one of the tabs. */
export function TabList({ tab, choose, narrow = false }: { tab: Tab; choose: (tab: Tab) => void; narrow?: boolean }) {
  const tabs: readonly Tab[] = narrow ? ['steps', 'terminal', 'editor'] : ['terminal', 'editor'];
  const shown = !narrow && tab === 'steps' ? 'terminal' : tab;
  const id = (name: Tab) => `${narrow ? 'narrow' : 'wide'}-tab-${name}`;
  const move = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const next = tabs[(tabs.indexOf(shown) + by + tabs.length) % tabs.length] ?? shown;
    choose(next);
    document.getElementById(id(next))?.focus();
  };
  return (
    <div class={narrow ? 'tabs tabs-narrow' : 'tabs tabs-wide'} role="tablist" aria-label="Workplace" onKeyDown={move}>
      {tabs.map((name) => (
        <button
          key={name}
          id={id(name)}
          type="button"
          role="tab"
          aria-selected={shown === name}
          tabIndex={shown === name ? 0 : -1}
          aria-controls={name === 'steps' ? 'steps-panel' : `${name}-panel`}
          onClick={() => choose(name)}
        >
          {labels[name]}
        </button>
      ))}
    </div>
  );
}

interface Props {
  readonly lab: LabPage;
  readonly session: LabSession | undefined;
  readonly link: Connection | undefined;
  readonly tab: Tab;
  readonly choose: (tab: Tab) => void;
}

export function Workplace({ lab, session, link, tab, choose }: Props) {
  if (session === undefined || link === undefined) {
    return (
      <div class="workplace">
        <p class="cluster-line">Starting…</p>
      </div>
    );
  }
  const phase = session.phase.value;
  const readOnly = phase === 'elsewhere' || phase === 'closed' || phase === 'code';
  const shown = tab === 'steps' ? 'terminal' : tab;
  const how = link.target.value === 'how';
  return (
    <div class="workplace">
      <div class="workplace-bar">
        <TabList tab={tab} choose={choose} />
        <ClusterLine session={session} />
      </div>
      <Notices session={session} link={link} />
      {how && <HowToKind lab={lab.id} back={() => link.choose('page')} />}
      {phase === 'code' && <CodeForm entered={() => link.begin()} />}
      <div class="panels" hidden={how || phase === 'code'}>
        <div role="tabpanel" id="terminal-panel" aria-label="Terminal" hidden={shown !== 'terminal'}>
          <Terminal session={session} visible={shown === 'terminal'} readOnly={readOnly} />
        </div>
        <div role="tabpanel" id="editor-panel" aria-label="Editor" hidden={shown !== 'editor'}>
          <Editor session={session} visible={shown === 'editor'} readOnly={readOnly} />
        </div>
      </div>
    </div>
  );
}

/** How the cluster is, in a few words, with the button that pauses it. */
function ClusterLine({ session }: { session: LabSession }) {
  const phase = session.phase.value;
  const paused = session.paused.value;
  const words =
    phase === 'ready'
      ? paused
        ? 'Cluster and terminal are paused'
        : 'Cluster ready'
      : phase === 'looking'
        ? 'Starting the cluster'
        : phase === 'code'
          ? 'Waiting for your code'
          : session.message.value;
  return (
    <p class={`cluster-line cluster-${paused ? 'paused' : phase}`}>
      <span class="lamp" aria-hidden="true" />
      <span role="status">{words}</span>
      {phase === 'ready' && session.target.value === 'page' && (
        <button type="button" class="link" aria-pressed={paused} onClick={() => session.pause(!paused, true)}>
          {paused ? 'Go on' : 'Pause'}
        </button>
      )}
    </p>
  );
}

/** What stands in the way, and the way on. */
function Notices({ session, link }: { session: LabSession; link: Connection }) {
  const phase = session.phase.value;
  const error = session.error.value;
  return (
    <>
      {phase === 'elsewhere' && (
        <div class="notice" role="status">
          <p>This lab is open in another tab. Here you can only read.</p>
          <button type="button" class="action" onClick={() => link.takeOver()}>
            Go on in this tab
          </button>
        </div>
      )}
      {(phase === 'failed' || phase === 'closed') && (
        <div class="notice notice-bad" role="alert">
          <p>
            {phase === 'failed' ? 'The cluster could not be started.' : 'The cluster is gone.'} {session.message.value}
          </p>
          <button type="button" class="action" onClick={() => link.begin()}>
            Try again
          </button>
        </div>
      )}
      {session.shellEnded.value && phase === 'ready' && (
        <div class="notice" role="status">
          <p>The shell has ended.</p>
          <button type="button" class="action" onClick={() => session.openShell()}>
            Open a new one
          </button>
        </div>
      )}
      {error !== undefined && (
        <div class="notice notice-bad" role="alert">
          <p>
            {error.message} {error.hint}
          </p>
          <button type="button" class="action quiet" onClick={() => (session.error.value = undefined)}>
            Close
          </button>
        </div>
      )}
    </>
  );
}
