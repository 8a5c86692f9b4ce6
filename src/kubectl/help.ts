import type { Command } from './command.ts';
import { globalFlags } from './flags/definitions.ts';
import type { Flag } from './flags/flag.ts';
import { layOut } from './output/columns.ts';

/** `kubectl --help`. */
export function mainHelp(verbs: readonly Command[], lacking: readonly string[]): string {
  return [
    "kubectl speaks to this page's simulated cluster as the real kubectl does to a real one.",
    '',
    'Commands:',
    listed(verbs),
    `The page's kubectl does without: ${lacking.join(', ')}.`,
    '',
    'Usage:',
    '  kubectl [flags] [options]',
    '',
    'Use "kubectl <command> --help" for more information about a given command.',
    'Use "kubectl options" for a list of global command-line options (applies to all commands).',
    '',
  ].join('\n');
}

/** `kubectl VERB --help`; `path` is the verb with those above it (`rollout status`). */
export function commandHelp(command: Command): string {
  const lines = [`${command.summary}.`, ''];
  if (command.examples !== undefined) lines.push('Examples:', ...command.examples.map((example) => `  ${example}`), '');
  if (command.subcommands !== undefined) lines.push('Available Commands:', listed(command.subcommands));
  if (command.flags.length > 0) lines.push('Options:', flagHelp(command.flags));
  lines.push('Usage:', `  kubectl ${command.usage}`, '');
  lines.push('Use "kubectl options" for a list of global command-line options (applies to all commands).', '');
  return lines.join('\n');
}

/** `kubectl options`. */
export function optionsHelp(): string {
  return `The following options can be passed to any command:\n\n${flagHelp(globalFlags)}`;
}

function listed(commands: readonly Command[]): string {
  return layOut(commands.map(({ name, summary }) => [`  ${name}`, summary]));
}

function flagHelp(flags: readonly Flag[]): string {
  return [...flags]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((flag) => {
      const short = flag.short === undefined ? '' : `-${flag.short}, `;
      return `    ${short}--${flag.name}=${defaultText(flag)}:\n\t${flag.help}\n`;
    })
    .join('\n');
}

function defaultText(flag: Flag): string {
  if (flag.type === 'list' || flag.type === 'array') return '[]';
  return flag.type === 'string' ? `'${flag.default ?? ''}'` : (flag.default ?? '');
}
