import { evaluate } from '../expand/arithmetic.ts';
import { ExpansionError } from '../expand/error.ts';
import { expandPattern, expandText, expandWords } from '../expand/expand.ts';
import { matches } from '../expand/pattern.ts';
import type { Compound, CompoundCommand, List } from '../syntax/ast.ts';
import { asking } from './asking.ts';
import { test } from './condition.ts';
import { Control } from './control.ts';
import { waitForeground } from './foreground.ts';
import { type Io, RedirectionError, redirect } from './io.ts';
import { quoteForTrace } from './quote.ts';
import type { Shell } from './state.ts';

export async function runCompound(shell: Shell, command: CompoundCommand, tail: boolean): Promise<number> {
  if (command.redirections.length === 0) return run(shell, command.compound, tail);
  let inner: Io;
  try {
    inner = await redirect(shell.io, command.redirections, shell.process, shell, shell.options.noclobber);
  } catch (error) {
    if (!(error instanceof RedirectionError)) throw error;
    await shell.complain(error.message);
    return 1;
  }
  const outer = shell.io;
  shell.io = inner;
  try {
    return await run(shell, command.compound, tail);
  } finally {
    shell.io = outer;
  }
}

async function run(shell: Shell, compound: Compound, tail: boolean): Promise<number> {
  const list = (body: List) => shell.runner.list(shell, body, tail);
  switch (compound.kind) {
    case 'group':
      return list(compound.body);
    case 'subshell': {
      const { body } = compound;
      const group = shell.interactive ? 'new' : undefined;
      const child = shell.fork(shell.io, (sub) => sub.runner.list(sub, body, true), group);
      const [status = 0] = await waitForeground(shell, [child]);
      return status;
    }
    case 'if': {
      for (const { condition, body } of compound.branches) {
        if ((await asking(shell, true, () => shell.runner.list(shell, condition, false))) === 0) return list(body);
      }
      shell.status = 0;
      return compound.otherwise === undefined ? 0 : list(compound.otherwise);
    }
    case 'while': {
      const { condition, until, body } = compound;
      const more = async () => {
        const status = await asking(shell, true, () => shell.runner.list(shell, condition, false));
        return (status === 0) !== until;
      };
      return loop(shell, more, body);
    }
    case 'for': {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(compound.name)) {
        await shell.complain(`\`${compound.name}': not a valid identifier`);
        return 1;
      }
      const words = compound.words === undefined ? shell.positional : await expandWords(compound.words, shell);
      let at = 0;
      const more = async () => {
        const word = words[at++];
        if (word === undefined) return false;
        if (shell.options.xtrace) {
          const shown = compound.words === undefined ? '"$@"' : words.map((text) => quoteForTrace(text)).join(' ');
          await shell.io.stderr.write(`${shell.get('PS4') ?? '+ '}for ${compound.name} in ${shown}\n`);
        }
        shell.set(compound.name, word);
        return true;
      };
      return loop(shell, more, compound.body);
    }
    case 'count': {
      const [start, condition, step] = compound.parts;
      const value = async (word: typeof start) => evaluate(await expandText(word, shell, 'none'), shell);
      await value(start);
      let first = true;
      const more = async () => {
        if (!first) await value(step);
        first = false;
        return condition.every((part) => part.kind === 'text' && part.text === '') || (await value(condition)) !== 0n;
      };
      return loop(shell, more, compound.body);
    }
    case 'case':
      return runCase(shell, compound, tail);
    case 'function':
      shell.functions.set(compound.name, compound.body);
      return 0;
    case 'arithmetic':
      try {
        return evaluate(await expandText(compound.expression, shell, 'none'), shell) === 0n ? 1 : 0;
      } catch (error) {
        if (!(error instanceof ExpansionError)) throw error;
        await shell.complain(`((: ${error.message}`);
        return 1;
      }
    case 'condition':
      return (await test(compound.test, shell)) ? 0 : 1;
  }
}

/** Runs `body` while `more` holds; `break` and `continue` end it or its turn. */
async function loop(shell: Shell, more: () => Promise<boolean>, body: List): Promise<number> {
  let status = 0;
  shell.loops++;
  try {
    for (;;) {
      await shell.turn();
      try {
        if (!(await more())) return status;
        status = await shell.runner.list(shell, body, false);
      } catch (error) {
        if (!(error instanceof Control) || (error.kind !== 'break' && error.kind !== 'continue')) throw error;
        if (error.value > 1) throw new Control(error.kind, error.value - 1);
        status = 0;
        if (error.kind === 'break') return status;
      }
    }
  } finally {
    shell.loops--;
  }
}

async function runCase(shell: Shell, compound: Compound & { kind: 'case' }, tail: boolean): Promise<number> {
  const subject = await expandText(compound.subject, shell);
  let falling = false;
  let status = 0;
  for (const { patterns, body, end } of compound.branches) {
    let hit = falling;
    for (const pattern of hit ? [] : patterns) {
      hit = matches(await expandPattern(pattern, shell), subject);
      if (hit) break;
    }
    if (!hit) continue;
    shell.status = 0;
    status = await shell.runner.list(shell, body, tail && end === ';;');
    if (end === ';;') return status;
    falling = end === ';&';
  }
  return status;
}
