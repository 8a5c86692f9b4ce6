import { useState } from 'preact/hooks';
import { enter } from './port.ts';
import type { TargetName } from './session.ts';

/** The page's cluster, or kind's. */
export function TargetSwitch({
  target,
  kindHere,
  choose,
}: {
  target: TargetName | 'how';
  kindHere: boolean;
  choose: (target: TargetName | 'how') => void;
}) {
  const option = (value: TargetName | 'how', label: string) => (
    <button type="button" aria-pressed={target === value} onClick={() => choose(value)}>
      {label}
    </button>
  );
  return (
    <fieldset class="switch">
      <legend class="sr-only">Where the lab runs</legend>
      {option('page', 'In this page')}
      {option(kindHere ? 'kind' : 'how', 'On kind')}
    </fieldset>
  );
}

/** How to do this lab on a real cluster. */
export function HowToKind({ lab, back }: { lab: string; back: () => void }) {
  return (
    <section class="panel-message" aria-label="On a real cluster">
      <h2>On a kind cluster of yours</h2>
      <p>
        The same steps and checks, on real nodes. You need Docker and <a href="https://kind.sigs.k8s.io/">kind</a>. The
        first command says what is missing; the second makes a cluster of its own and opens this page there, with a real
        shell.
      </p>
      <pre>
        <code>
          npx hop-by-hop doctor{'\n'}npx hop-by-hop lab start {lab}
        </code>
      </pre>
      <p>Your other clusters and your kubeconfig are left alone. Steps done there are marked there.</p>
      <p>
        <button type="button" class="action quiet" onClick={back}>
          Back to the cluster in this page
        </button>
      </p>
    </section>
  );
}

/** Asks for the code that the companion's terminal shows. */
export function CodeForm({ entered }: { entered: () => void }) {
  const [code, setCode] = useState('');
  const [trouble, setTrouble] = useState('');
  return (
    <section class="panel-message" aria-label="The terminal’s code">
      <h2>Show your code</h2>
      <p>
        The terminal in which you started the lab shows a code. Type it here, so that only your browser can use your
        shell.
      </p>
      <form
        onSubmit={async (event) => {
          event.preventDefault();
          const wrong = await enter(code);
          setTrouble(wrong ?? '');
          if (wrong === undefined) entered();
        }}
      >
        <label for="code">Code</label>
        <input
          id="code"
          value={code}
          autocomplete="one-time-code"
          spellcheck={false}
          onInput={(event) => setCode(event.currentTarget.value)}
        />
        <button type="submit" class="action">
          Open the lab
        </button>
        {trouble !== '' && <p role="alert">{trouble}</p>}
      </form>
    </section>
  );
}
