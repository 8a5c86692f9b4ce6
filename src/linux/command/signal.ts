import { type SignalName, signalNumber } from '../process/process.ts';

const NAMES = Object.keys(signalNumber) as SignalName[];

/** The signal that `TERM`, `SIGTERM`, `term` or `15` means; 0 (`exists?`) is `0`; undefined for others. */
export function parseSignal(text: string): SignalName | 0 | undefined {
  if (text === '0') return 0;
  if (/^\d+$/.test(text)) return NAMES.find((name) => signalNumber[name] === Number(text));
  const name = text.toUpperCase().replace(/^SIG/, '');
  return NAMES.find((known) => known === name);
}

/** The names that `kill -l` lists, by number. */
export function signalList(): string {
  const sorted = NAMES.toSorted((a, b) => signalNumber[a] - signalNumber[b]);
  return `${sorted.map((name) => `${String(signalNumber[name]).padStart(2)}) SIG${name}`).join('\t')}\n`;
}
