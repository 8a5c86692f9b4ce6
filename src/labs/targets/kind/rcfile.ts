import { quote } from './wrapper.ts';

/** What the learner's shell must know, set after the user's own rc files had their say. */
export interface ShellSetup {
  readonly lab: string;
  readonly bin: string;
  readonly history: string;
  /** KUBECONFIG, WORKER, HOP_LAB, ... */
  readonly variables: Readonly<Record<string, string>>;
  /** Makes the prompt's marks the course's own: no program's output can fake a prompt. */
  readonly nonce: string;
}

/**
 * bash, started with `--rcfile`: reads the user's file first, then takes over what would lead astray: KUBECONFIG, PATH,
 * aliases and functions called kubectl, and whatever draws the prompt. OSC 133 marks say where a prompt begins and ends
 * and when a command starts (https://gitlab.freedesktop.org/Per_Bothner/specifications/-/blob/master/proposals/semantic-prompts.md).
 */
export function bashRc(setup: ShellSetup): string {
  const mark = (what: string) => `\\e]133;${what};hop=${setup.nonce}\\a`;
  return `# Written by hop; written anew at each start.
if [ -f ~/.bashrc ]; then . ~/.bashrc; fi
unalias kubectl hop 2>/dev/null
unset -f kubectl hop 2>/dev/null
trap - DEBUG
unset PROMPT_COMMAND
${common(setup)}
PS0='${mark('C')}'
PS1='\\[${mark('A')}\\]\\[\\e[1;36m\\]hop:${setup.lab}\\[\\e[0m\\] \\W \\$ \\[${mark('B')}\\]'
PS2='> '
eval "$(kubectl completion bash 2>/dev/null)"
:
`;
}

/** zsh, started with ZDOTDIR pointing here. @returns the files of that folder. */
export function zshFiles(setup: ShellSetup, userFolder: string): Readonly<Record<string, string>> {
  const mark = (what: string) => `\\e]133;${what};hop=${setup.nonce}\\a`;
  const own = (file: string) =>
    `if [[ -f ${quote(`${userFolder}/${file}`)} ]]; then . ${quote(`${userFolder}/${file}`)}; fi\n`;
  return {
    '.zshenv': `hop_zdotdir=$ZDOTDIR\nZDOTDIR=${quote(userFolder)}\n${own('.zshenv')}ZDOTDIR=$hop_zdotdir\n`,
    '.zshrc': `# Written by hop; written anew at each start.
ZDOTDIR=${quote(userFolder)}
${own('.zshrc')}unalias kubectl hop 2>/dev/null
unfunction kubectl hop 2>/dev/null
precmd_functions=() preexec_functions=()
unfunction precmd preexec 2>/dev/null
${common(setup)}
unset RPROMPT RPS1
preexec() { printf '${mark('C')}'; }
PROMPT=$'%{${mark('A')}%}%B%F{cyan}hop:${setup.lab}%f%b %1~ %# %{${mark('B')}%}'
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -D; }
eval "$(kubectl completion zsh 2>/dev/null)"
:
`,
  };
}

function common(setup: ShellSetup): string {
  const variables = Object.entries(setup.variables).map(([name, value]) => `export ${name}=${quote(value)}`);
  return [
    ...variables,
    `export PATH=${quote(setup.bin)}:"$PATH"`,
    // The course's commands stay out of the user's own history.
    `HISTFILE=${quote(setup.history)}`,
    'hash -r 2>/dev/null',
  ].join('\n');
}
