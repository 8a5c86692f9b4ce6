import { Pipe } from '../../linux/process/pipe.ts';
import type { Child } from '../../linux/process/process.ts';
import { emptyReader } from '../../linux/process/streams.ts';
import { builtins } from '../builtins/index.ts';
import type { AndOr, Command, List, Pipeline } from '../syntax/ast.ts';
import { asking } from './asking.ts';
import { runCompound } from './compound.ts';
import { Control } from './control.ts';
import { waitForeground } from './foreground.ts';
import type { Io } from './io.ts';
import { settle } from './settle.ts';
import { runExternal, runSimple, runWords } from './simple.ts';
import type { Runner, Shell } from './state.ts';

export const runner: Runner = {
  list: runList,
  command: runCommand,
  execute: runWords,
  external: (shell, words, tail) => runExternal(shell, words, shell.io, new Map(), tail),
  builtins: new Set(Object.keys(builtins)),
  settle,
};

async function runList(shell: Shell, list: List, tail: boolean): Promise<number> {
  for (const [i, item] of list.entries()) {
    if (item.background) await startJob(shell, item);
    else await runAndOr(shell, item, tail && i === list.length - 1);
  }
  return shell.status;
}

async function runAndOr(shell: Shell, item: AndOr, tail: boolean): Promise<number> {
  const single = item.rest.length === 0;
  let last = single;
  await asking(shell, !single, () => runPipeline(shell, item.first, tail && single));
  for (const [i, { operator, pipeline }] of item.rest.entries()) {
    if ((shell.status === 0) !== (operator === '&&')) continue;
    last = i === item.rest.length - 1;
    await asking(shell, !last, () => runPipeline(shell, pipeline, tail && last));
  }
  const negated = (item.rest.at(-1)?.pipeline ?? item.first).negated;
  if (shell.status !== 0 && shell.options.errexit && shell.asking === 0 && last && !negated) {
    throw new Control('exit', shell.status);
  }
  return shell.status;
}

async function runPipeline(shell: Shell, pipeline: Pipeline, tail: boolean): Promise<number> {
  const start = shell.process.clock.now();
  const run = async () => {
    const [only] = pipeline.commands;
    const whole = tail && !pipeline.negated && !pipeline.timed;
    if (only === undefined) shell.status = 0;
    else if (pipeline.commands.length === 1) await runCommand(shell, only, whole);
    else await runPipes(shell, pipeline.commands);
  };
  await asking(shell, pipeline.negated, run);
  if (pipeline.negated) shell.status = shell.status === 0 ? 1 : 0;
  if (pipeline.timed) {
    const real = (shell.process.clock.now() - start) / 1000;
    const time = `${Math.floor(real / 60)}m${(real % 60).toFixed(3)}s`;
    await shell.io.stderr.write(`\nreal\t${time}\nuser\t0m0.000s\nsys\t0m0.000s\n`);
  }
  return shell.status;
}

async function runCommand(shell: Shell, command: Command, tail: boolean): Promise<number> {
  await shell.turn();
  shell.line = command.line;
  shell.status = await (command.kind === 'simple'
    ? runSimple(shell, command, tail)
    : runCompound(shell, command, tail));
  return shell.status;
}

async function runPipes(shell: Shell, commands: readonly Command[]): Promise<void> {
  await shell.turn();
  const children = startPipes(shell, commands, shell.io, shell.interactive);
  const statuses = await waitForeground(shell, children);
  const failed = shell.options.pipefail ? statuses.findLast((status) => status !== 0) : undefined;
  shell.status = failed ?? statuses.at(-1) ?? 0;
}

/** Starts the commands of a pipeline as subshells, each reading what the one before writes. */
function startPipes(shell: Shell, commands: readonly Command[], io: Io, job: boolean): Child[] {
  const children: Child[] = [];
  let input: Pipe | undefined;
  for (const [i, command] of commands.entries()) {
    const output = i < commands.length - 1 ? new Pipe(shell.process.clock) : undefined;
    let own = io;
    if (input !== undefined) own = own.with(0, { reader: input.reader });
    if (output !== undefined) own = own.with(1, { writer: output.writer });
    const group = job ? (children[0]?.group ?? 'new') : undefined;
    children.push(shell.fork(own, (sub) => runCommand(sub, command, true), group));
    input?.reader.close?.();
    output?.writer.close?.();
    input = output;
  }
  return children;
}

/** Starts `item &`. Its processes read nothing, and Ctrl-C doesn't reach them. */
async function startJob(shell: Shell, item: AndOr): Promise<void> {
  await shell.turn();
  const quiet = shell.io.with(0, { reader: emptyReader });
  const simple = item.rest.length === 0 && !item.first.negated && !item.first.timed;
  const group = shell.interactive ? ('new' as const) : undefined;
  const children = simple
    ? startPipes(shell, item.first.commands, quiet, shell.interactive)
    : [shell.fork(quiet, (sub) => runAndOr(sub, { ...item, background: false }, true), group)];
  const pid = children.at(-1)?.pid ?? 0;
  shell.lastBackground = pid;
  const job = shell.jobs.add(children, item.source);
  if (shell.interactive) await shell.io.stderr.write(`[${job.id}] ${pid}\n`);
  shell.status = 0;
}
