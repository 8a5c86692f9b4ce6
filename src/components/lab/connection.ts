import { type ReadonlySignal, signal } from '@preact/signals';
import { Ownership } from './owner.ts';
import { companionPort, findCompanion } from './port.ts';
import type { LabSession, TargetName } from './session.ts';
import { workerPort } from './worker-port.ts';

/** Which cluster a page works on, and whether it is the tab that does. */
export interface Connection {
  readonly target: ReadonlySignal<TargetName | 'how'>;
  /** A companion with this lab serves the page. */
  readonly kindHere: ReadonlySignal<boolean>;
  /** Finds out where the lab runs, and starts it there. */
  begin(): void;
  /** `how` shows how to start the lab on kind. */
  choose(target: TargetName | 'how'): void;
  /** Makes this the tab that works. */
  takeOver(): void;
}

export function connection(session: LabSession, targets: readonly TargetName[]): Connection {
  const target = signal<TargetName | 'how'>(targets.includes('page') ? 'page' : 'how');
  const kindHere = signal(false);
  let asked = false;

  const owner = new Ownership(session.lab, (mine) => {
    if (!mine && target.value === 'page') session.leave('elsewhere');
  });

  const openPage = () => {
    try {
      session.connect('page', workerPort());
    } catch (error) {
      session.leave('failed', error instanceof Error ? error.message : String(error));
    }
  };

  const onPage = async () => {
    if (await owner.claim()) openPage();
  };

  const onKind = (signedIn: boolean) => {
    if (signedIn) session.connect('kind', companionPort());
    else session.leave('code');
  };

  const begin = async () => {
    const companion = await findCompanion();
    kindHere.value = companion?.lab === session.lab && targets.includes('kind');
    if (kindHere.value && !asked) target.value = 'kind';
    asked = true;
    if (target.value === 'kind') onKind(companion?.signedIn === true);
    else if (target.value === 'page') await onPage();
  };

  document.addEventListener('visibilitychange', () => session.pause(document.hidden, false));

  return {
    target,
    kindHere,
    begin: () => void begin(),
    choose: (wanted) => {
      if (wanted === target.value) return;
      const before = target.value;
      target.value = wanted;
      // Reading how to start on kind does not stop the page's cluster.
      if (
        wanted === 'how' ||
        (before === 'how' && session.target.value === wanted && session.phase.value !== 'looking')
      )
        return;
      if (before === 'page') owner.leave();
      void begin();
    },
    takeOver: () => {
      if (target.value === 'kind') return session.send({ type: 'takeover' });
      owner.take();
      openPage();
    },
  };
}
