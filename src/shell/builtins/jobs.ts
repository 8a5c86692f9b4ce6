import { parseSignal, signalList } from '../../linux/command/signal.ts';
import type { Child, SignalName } from '../../linux/process/process.ts';
import type { Job } from '../run/jobs.ts';
import type { Shell } from '../run/state.ts';
import { type Builtin, badOption, type Call, fail } from './builtin.ts';

export const jobs: Builtin = async (call) => {
  const { shell, argv, io } = call;
  const option = argv.slice(1).find((word) => word.startsWith('-'));
  if (option !== undefined && !/^-[lprs]+$/.test(option))
    return badOption(call, option, 'jobs [-lnprs] [jobspec ...] or jobs -x command [args]');
  for (const job of [...shell.jobs.all]) {
    if (option?.includes('r') && job.status !== undefined) continue;
    const line = option?.includes('p')
      ? String(job.children[0]?.pid ?? 0)
      : shell.jobs.describe(job, option?.includes('l'));
    if (!option?.includes('s')) await io.stdout.write(`${line}\n`);
  }
  shell.jobs.ended();
  return 0;
};

export const wait: Builtin = async (call) => {
  const { shell, argv } = call;
  const words = argv.slice(1);
  if (words[0]?.startsWith('-')) return badOption(call, words[0], 'wait [id ...]');
  if (words.length === 0) {
    for (const job of [...shell.jobs.all]) await waitJob(shell, job);
    return 0;
  }
  let status = 0;
  for (const word of words) {
    const job = word.startsWith('%') ? shell.jobs.find(word) : shell.jobs.byPid(Number(word));
    const remembered = shell.ended.get(Number(word));
    if (job !== undefined) status = await waitJob(shell, job);
    else if (remembered !== undefined) status = remembered;
    else if (word.startsWith('%')) status = await fail(call, `${word}: no such job`, 127);
    else if (!/^\d+$/.test(word)) status = await fail(call, `\`${word}': not a pid or valid job spec`);
    else status = await fail(call, `pid ${word} is not a child of this shell`, 127);
  }
  return status;
};

async function waitJob(shell: Shell, job: Job): Promise<number> {
  const statuses: number[] = [];
  for (const child of job.children) statuses.push(await shell.waitOrTrap(child));
  const status = statuses.at(-1) ?? 0;
  if (!shell.interactive) {
    shell.jobs.remove(job);
    shell.ended.set(job.children.at(-1)?.pid ?? 0, status);
  }
  return status;
}

export const kill: Builtin = async (call) => {
  const { shell, argv, io } = call;
  const words = argv.slice(1);
  let signal: SignalName | 0 = 'TERM';
  const [first = ''] = words;
  if (first === '-l' || first === '-L') {
    await io.stdout.write(signalList());
    return 0;
  }
  if (/^-./.test(first) && first !== '--') {
    const named = first === '-s' || first === '-n';
    const text = named ? (words[1] ?? '') : first.slice(1);
    const parsed = parseSignal(text);
    if (parsed === undefined) return fail(call, `${text}: invalid signal specification`);
    signal = parsed;
    words.splice(0, named ? 2 : 1);
  }
  if (words[0] === '--') words.shift();
  if (words.length === 0) {
    await io.stderr.write(
      'kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n',
    );
    return 2;
  }
  let status = 0;
  for (const word of words) if (!(await killOne(call, word, signal))) status = 1;
  // The victim's end comes before the next command, as it mostly does.
  await shell.process.clock.sleep(0.1, shell.signal);
  return status;
};

async function killOne(call: Call, word: string, signal: SignalName | 0): Promise<boolean> {
  const { shell } = call;
  let targets: readonly Pick<Child, 'kill'>[];
  if (word.startsWith('%')) {
    const job = shell.jobs.find(word);
    if (job === undefined) {
      await fail(call, `${word}: no such job`);
      return false;
    }
    targets = job.children;
  } else if (/^-?\d+$/.test(word)) {
    const pid = Number(word);
    const all = shell.process.processes();
    targets =
      pid > 0
        ? all.filter((entry) => entry.pid === pid)
        : all.filter((entry) => entry.group.id === (-pid || shell.process.group.id));
    if (targets.length === 0) {
      await fail(call, `(${word}) - No such process`);
      return false;
    }
  } else {
    await fail(call, `${word}: arguments must be process or job IDs`);
    return false;
  }
  if (signal !== 0) for (const target of targets) target.kill(signal);
  return true;
}

/** Ctrl-Z is not modelled, so there is nothing to bring to the front or to let go on. */
export const unsupportedJobControl: Builtin = async (call) =>
  fail(call, "stopped jobs are not supported by this shell; use `wait' or `kill' with %N", 1);

export const trap: Builtin = async (call) => {
  const { shell, argv, io } = call;
  const words = argv.slice(1);
  if (words[0] === '--') words.shift();
  if (words.length === 0 || words[0] === '-p') {
    for (const [name, text] of shell.traps) {
      const shown = `'${text.replaceAll("'", "'\\''")}'`;
      await io.stdout.write(`trap -- ${shown} ${name === 'EXIT' ? name : `SIG${name}`}\n`);
    }
    return 0;
  }
  if (words[0] === '-l') {
    await io.stdout.write(signalList());
    return 0;
  }
  const [action = '', ...names] = words;
  if (names.length === 0) names.push(action);
  let status = 0;
  for (const name of names) {
    const signal = name === '0' || /^(SIG)?EXIT$/i.test(name) ? 'EXIT' : parseSignal(name);
    if (signal === undefined || signal === 0) {
      const known = /^(SIG)?(ERR|DEBUG|RETURN|QUIT|USR1|USR2|ALRM|CHLD)$/i.test(name);
      status = await fail(
        call,
        known ? `${name}: not supported by this shell` : `${name}: invalid signal specification`,
      );
    } else setTrap(shell, signal, action === '-' || names[0] === action ? undefined : action);
  }
  return status;
};

function setTrap(shell: Shell, signal: SignalName | 'EXIT', action: string | undefined): void {
  if (action === undefined) shell.traps.delete(signal);
  else shell.traps.set(signal, action);
  if (signal === 'EXIT' || signal === 'KILL') return;
  if (shell.interactive && signal === 'INT') return;
  shell.process.signals.on(signal, action === undefined ? undefined : () => shell.trap(signal));
}
