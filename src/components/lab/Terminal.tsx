import type { FitAddon } from '@xterm/addon-fit';
import type { Terminal as Xterm } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import { keysOf } from './keys.ts';
import type { LabSession } from './session.ts';
import { terminalTheme } from './terminal-theme.ts';

/** The learner's terminal. xterm.js comes in its own file, while the cluster starts. */
export function Terminal({ session, visible, readOnly }: { session: LabSession; visible: boolean; readOnly: boolean }) {
  const place = useRef<HTMLDivElement>(null);
  const made = useRef<{ terminal: Xterm; fit: FitAddon } | undefined>(undefined);
  const [failed, setFailed] = useState('');
  const [reading, setReading] = useState(readerMode());

  useEffect(() => {
    let ended = false;
    void make(place.current, session)
      .then((parts) => {
        if (ended) return parts.end();
        made.current = parts;
        if (document.activeElement === document.body) parts.terminal.focus();
      })
      .catch((error: unknown) => setFailed(error instanceof Error ? error.message : String(error)));
    return () => {
      ended = true;
      made.current?.terminal.dispose();
    };
  }, [session]);

  useEffect(() => {
    if (visible) made.current?.fit.fit();
  }, [visible]);

  useEffect(() => {
    if (made.current !== undefined) made.current.terminal.options.disableStdin = readOnly;
  }, [readOnly]);

  return (
    <div class="terminal" hidden={!visible}>
      {failed !== '' && <p class="note">The terminal could not be loaded ({failed}). Reload the page to try again.</p>}
      <div class="screen" ref={place} />
      <p class="terminal-foot">
        <span>
          <kbd>Esc</kbd> then <kbd>Tab</kbd> leaves the terminal.
        </span>
        <label>
          <input
            type="checkbox"
            checked={reading}
            onChange={(event) => {
              const on = event.currentTarget.checked;
              setReading(on);
              keepReaderMode(on);
              if (made.current !== undefined) made.current.terminal.options.screenReaderMode = on;
            }}
          />{' '}
          Read output to screen readers
        </label>
      </p>
    </div>
  );
}

async function make(place: HTMLElement | null, session: LabSession) {
  const [{ Terminal: Screen }, { FitAddon: Fit }] = await Promise.all([
    import('@xterm/xterm'),
    import('@xterm/addon-fit'),
    document.fonts.load('14px "Hop Mono"'),
  ]);
  if (place === null) throw new Error('no place for it');
  const terminal = new Screen({
    fontFamily: '"Hop Mono", "Hop Mono Fallback", monospace',
    fontSize: 13,
    lineHeight: 1.25,
    cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    scrollback: 5000,
    theme: terminalTheme(place),
    screenReaderMode: readerMode(),
    minimumContrastRatio: 4.5,
  });
  const fit = new Fit();
  terminal.loadAddon(fit);
  terminal.open(place);
  terminal.textarea?.setAttribute('aria-label', 'Terminal. Press Escape, then Tab, to leave it.');
  terminal.attachCustomKeyEventHandler(keysOf(terminal, (data) => terminal.input(data)));
  terminal.onData((data) => session.send({ type: 'terminal.input', data }));
  terminal.onResize(({ cols, rows }) => session.resize(cols, rows));
  fit.fit();
  session.resize(terminal.cols, terminal.rows);
  session.attach({
    write: (data, shown) => terminal.write(data, shown),
    replay: (data) => {
      terminal.reset();
      terminal.write(data);
    },
  });
  const seen = new ResizeObserver(() => {
    if (place.clientWidth > 0) fit.fit();
  });
  seen.observe(place);
  const themed = new MutationObserver(() => {
    terminal.options.theme = terminalTheme(place);
  });
  themed.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  // A command that was clicked is followed in the terminal.
  document.addEventListener('hop-typed', () => terminal.focus());
  return { terminal, fit, end: () => terminal.dispose() };
}

const READER_MODE = 'hop:reader-mode';

function readerMode(): boolean {
  try {
    return localStorage.getItem(READER_MODE) === 'yes';
  } catch {
    return false;
  }
}

function keepReaderMode(on: boolean): void {
  try {
    localStorage.setItem(READER_MODE, on ? 'yes' : 'no');
  } catch {}
}
