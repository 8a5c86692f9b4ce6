import { parseSignal, signalList } from '../linux/command/signal.ts';
import type { Process, Program, SignalName } from '../linux/process/process.ts';

/** `kill [-SIGNAL] PID...`: the program, where there is no shell around to do it (`kubectl exec POD -- kill 1`). */
export const kill: Program = async (process) => {
  const words = process.argv.slice(1);
  const [first = ''] = words;
  if (first === '-l' || first === '-L') {
    await process.stdout.write(signalList());
    return 0;
  }
  let signal: SignalName | 0 = 'TERM';
  if (/^-./.test(first) && first !== '--') {
    const named = first === '-s' || first === '-n' || first === '--signal';
    const text = named ? (words[1] ?? '') : first.slice(1);
    const parsed = parseSignal(text);
    if (parsed === undefined) return fail(process, `unknown signal: ${text}`);
    signal = parsed;
    words.splice(0, named ? 2 : 1);
  }
  if (words[0] === '--') words.shift();
  if (words.length === 0) return fail(process, 'not enough arguments: name a process id');
  let status = 0;
  for (const word of words) {
    if (!/^-?\d+$/.test(word)) {
      status = await fail(process, `failed to parse argument: '${word}'`);
      continue;
    }
    const id = Number(word);
    const found = process.processes().filter((entry) => (id > 0 ? entry.pid === id : entry.group.id === -id));
    if (found.length === 0) status = await fail(process, `sending signal to ${word} failed: No such process`);
    else if (signal !== 0) for (const entry of found) entry.kill(signal);
  }
  return status;
};

async function fail(process: Process, message: string): Promise<number> {
  await process.stderr.write(`kill: ${message}\n`);
  return 1;
}
