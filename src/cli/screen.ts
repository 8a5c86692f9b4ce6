import { styleText } from 'node:util';

type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan';

/** Where a command writes. Results go to `out`, everything about them to `err`, so that pipes carry results only. */
export interface Screen {
  out(line?: string): void;
  err(line?: string): void;
  paint(style: Style, text: string): string;
  /** Whether a person is looking (and may be shown a code, or a line that is drawn over). */
  readonly isTerminal: boolean;
}

interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** Colours only on a terminal, and not under NO_COLOR (https://no-color.org) or TERM=dumb. */
export function screenOn(out: Stream, err: Stream, env: NodeJS.ProcessEnv): Screen {
  const isTerminal = out.isTTY === true;
  const colours = isTerminal && !env.NO_COLOR && env.TERM !== 'dumb';
  return {
    out: (line = '') => void out.write(`${line}\n`),
    err: (line = '') => void err.write(`${line}\n`),
    paint: (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text),
    isTerminal,
  };
}
