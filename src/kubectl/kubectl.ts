import type { Process, Program } from '../linux/process/process.ts';
import type { Command } from './command.ts';
import { CommandError, report, unsupported, usageError } from './errors.ts';
import { globalFlags } from './flags/definitions.ts';
import { lackingEverywhere } from './flags/lacking.ts';
import { checkRequired, parseFlags } from './flags/parse.ts';
import { commandHelp, mainHelp, optionsHelp } from './help.ts';
import { Session } from './session.ts';
import { suggestions } from './suggest.ts';
import { findCommand, lackingVerbs, verbs } from './verbs.ts';

/** kubectl, as a program of the learner's machine: a client of the API server like any other. */
export const kubectl: Program = async (process) => {
  try {
    return await dispatch(process);
  } catch (error) {
    const failure = report(error);
    if (failure === undefined) throw error;
    await process.stderr.write(failure.text);
    return failure.status;
  }
};

async function dispatch(process: Process): Promise<number> {
  const words = process.argv.slice(1);
  const at = verbAt(words);
  const name = words[at];
  const rest = [...words.slice(0, at), ...words.slice(at + 1)];
  if (name === undefined) {
    parseFlags(words, globalFlags, '', lackingEverywhere);
    await process.stdout.write(mainHelp(verbs, lackingVerbs));
    return 0;
  }
  if (name === 'help') return help(process, rest);
  if (name === 'options') {
    await process.stdout.write(optionsHelp());
    return 0;
  }
  const verb = findCommand(verbs, name);
  if (verb === undefined) throw unknownVerb(name);
  return run(process, verb, verb.name, rest);
}

/** Runs a verb, or the subcommand that its first argument names. */
async function run(process: Process, command: Command, path: string, words: readonly string[]): Promise<number> {
  const at = command.subcommands === undefined ? -1 : verbAt(words);
  const name = words[at];
  if (command.subcommands !== undefined && name !== undefined) {
    const subcommand = findCommand(command.subcommands, name);
    if (subcommand !== undefined) {
      return run(
        process,
        subcommand,
        `${path} ${subcommand.name}`,
        words.filter((_, index) => index !== at),
      );
    }
    if (command.lackingSubcommands?.includes(name)) throw unsupported(`"kubectl ${path} ${name}"`);
    if (command.run === undefined) throw usageError(path, `unknown command ${JSON.stringify(name)}`);
  }
  const flags = [...command.flags, ...globalFlags];
  const parsed = parseFlags(words, flags, path, [...command.lacking, ...lackingEverywhere]);
  if (parsed.flags.bool('help')) {
    await process.stdout.write(commandHelp(command));
    return 0;
  }
  if (command.run === undefined) {
    if (path === 'rollout') throw new CommandError('required resource not specified');
    await process.stdout.write(commandHelp(command));
    return 0;
  }
  checkRequired(flags, parsed.flags);
  const access = process.services.kubernetes;
  if (access === undefined) {
    throw new CommandError(
      "this machine knows no cluster: kubectl works where the course has put one, on the learner's machine",
    );
  }
  return command.run({ ...parsed, session: new Session(process, access, parsed.flags) });
}

/** Where the verb stands: global flags may come before it. */
function verbAt(words: readonly string[]): number {
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (word === '--') return words.length;
    if (!word.startsWith('-')) return at;
    if (['-n', '--namespace', '--context'].includes(word)) at++;
  }
  return words.length;
}

async function help(process: Process, words: readonly string[]): Promise<number> {
  let command: Command | undefined;
  let level: readonly Command[] = verbs;
  for (const word of words.filter((one) => !one.startsWith('-'))) {
    command = findCommand(level, word);
    if (command === undefined)
      throw level === verbs ? unknownVerb(word) : usageError('help', `unknown command ${JSON.stringify(word)}`);
    level = command.subcommands ?? [];
  }
  await process.stdout.write(command === undefined ? mainHelp(verbs, lackingVerbs) : commandHelp(command));
  return 0;
}

function unknownVerb(name: string): CommandError {
  if (lackingVerbs.includes(name)) return unsupported(`"kubectl ${name}"`);
  const known = [...verbs.map((verb) => verb.name), ...lackingVerbs].sort();
  const near = suggestions(name, known);
  const hint = near.length === 0 ? '' : `\n\nDid you mean this?\n${near.map((word) => `\t${word}`).join('\n')}`;
  return new CommandError(`unknown command ${JSON.stringify(name)} for "kubectl"${hint}`);
}
