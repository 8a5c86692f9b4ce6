import type { LinuxError } from '../../linux/errno.ts';
import { resolvePath } from '../../linux/files/path.ts';
import type { Candidate } from '../complete.ts';
import { homeOf } from '../run/special.ts';
import type { Shell } from '../run/state.ts';
import { KEYWORDS } from '../syntax/keywords.ts';
import type { Completion } from './editor.ts';

/** Reserved words that are worth completing. */
const WORDS = [...KEYWORDS].filter((word) => /^[a-z]{2,}$/.test(word) && word !== 'in');
const FOLDERS_ONLY = new Set(['cd', 'rmdir']);

/** A word on its way to the cursor. */
interface Typed {
  readonly start: number;
  /** Quotes and backslashes removed. */
  readonly text: string;
  readonly quote: '' | "'" | '"';
}

/** Finds what Tab may put at the end of `before`, the text left of the cursor. */
export async function complete(shell: Shell, before: string): Promise<Completion> {
  const { words, redirected } = tokenize(before);
  const current = words.at(-1) as Typed;
  const earlier = words.slice(0, -1).map((word) => word.text);
  while (/^[A-Za-z_][A-Za-z0-9_]*=/.test(earlier[0] ?? '')) earlier.shift();
  const variable = /\$\{?([A-Za-z0-9_]*)$/.exec(current.quote === "'" ? '' : before.slice(current.start));
  if (variable !== null) return completeVariable(shell, variable, before);
  const candidates = await find(shell, earlier, current, redirected);
  const sorted = [...candidates].sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  return { start: current.start, candidates: sorted, quote: (candidate) => requote(candidate, current) };
}

async function find(
  shell: Shell,
  earlier: readonly string[],
  current: Typed,
  redirected: boolean,
): Promise<readonly Candidate[]> {
  const [name] = earlier;
  if (redirected) return files(shell, current.text, false);
  if (name === undefined)
    return current.text.includes('/') ? files(shell, current.text, false, true) : commands(shell, current.text);
  const alias = shell.aliases.get(name)?.trim().split(/\s+/);
  const words = alias === undefined ? earlier : [...alias, ...earlier.slice(1)];
  const command = words[0]?.replace(/^.*\//, '');
  const completer = shell.process.services.completion?.find((one) => one.command === command);
  const found = await completer?.complete({
    words,
    current: current.text,
    process: shell.process,
    signal: shell.process.signals.ended,
  });
  return found ?? files(shell, current.text, FOLDERS_ONLY.has(command ?? ''));
}

function commands(shell: Shell, start: string): readonly Candidate[] {
  const names = new Set<string>([
    ...WORDS,
    ...shell.runner.builtins,
    ...shell.aliases.keys(),
    ...shell.functions.keys(),
  ]);
  for (const folder of (shell.get('PATH') ?? '').split(':')) for (const name of list(shell, folder)) names.add(name);
  return [...names].filter((name) => name.startsWith(start) && start !== '').map((text) => ({ text }));
}

function list(shell: Shell, folder: string): readonly string[] {
  try {
    return shell.files.list(resolvePath(shell.cwd, folder === '' ? '.' : folder));
  } catch (error) {
    void (error as LinuxError);
    return [];
  }
}

function files(shell: Shell, text: string, foldersOnly: boolean, executable = false): readonly Candidate[] {
  const slash = text.lastIndexOf('/');
  const base = text.slice(0, slash + 1);
  const start = text.slice(slash + 1);
  const tilde = /^~([^/]*)\//.exec(base);
  const home = tilde === null ? undefined : homeOf(shell, tilde[1] as string);
  const folder = home === undefined ? base : home + base.slice((tilde?.[0].length ?? 1) - 1);
  const found: Candidate[] = [];
  for (const name of list(shell, folder)) {
    if (!name.startsWith(start) || (name.startsWith('.') && !start.startsWith('.'))) continue;
    const path = resolvePath(shell.cwd, `${folder}${name}`);
    const stat = shell.files.exists(path) ? shell.files.stat(path) : undefined;
    if (stat?.type === 'directory') found.push({ text: `${base}${name}/`, label: `${name}/`, open: true });
    else if (!foldersOnly && (!executable || ((stat?.mode ?? 0) & 0o111) !== 0))
      found.push({ text: base + name, label: name });
  }
  return found;
}

function completeVariable(shell: Shell, match: RegExpExecArray, before: string): Completion {
  const braced = match[0].startsWith('${');
  const names = [...shell.variables].filter(
    ([name, { value }]) => value !== undefined && name.startsWith(match[1] as string),
  );
  const candidates = names.map(([name]): Candidate => ({ text: braced ? `\${${name}}` : `$${name}`, label: name }));
  candidates.sort((a, b) => (a.text < b.text ? -1 : 1));
  return { start: before.length - match[0].length, candidates, quote: (candidate) => candidate.text };
}

function requote(candidate: Candidate, typed: Typed): string {
  const { text } = candidate;
  if (typed.quote === "'") return `'${text}${candidate.open ? '' : "'"}`;
  if (typed.quote === '"') return `"${text.replace(/["\\$`]/g, '\\$&')}${candidate.open ? '' : '"'}`;
  const escaped = text.replace(/[\s"'\\$`&|;<>()*?[\]{}!#]/g, '\\$&');
  return text.startsWith('~') ? escaped : escaped.replace(/^~/, '\\~');
}

/** The words of the command at the end of the text; the last one is at the cursor, maybe empty. */
function tokenize(text: string): { readonly words: readonly Typed[]; readonly redirected: boolean } {
  let words: Typed[] = [];
  let redirected = false;
  let start = -1;
  let value = '';
  let quote: '' | "'" | '"' = '';
  const end = () => {
    if (start >= 0) {
      if (!redirected) words.push({ start, text: value, quote: '' });
      redirected = false;
    }
    start = -1;
    value = '';
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string;
    if (quote !== '') {
      if (c === quote) quote = '';
      else if (c === '\\' && quote === '"' && /["\\$`]/.test(text[i + 1] ?? '')) value += text[++i];
      else value += c;
      continue;
    }
    if (/\s/.test(c) && c !== '\n') end();
    else if (/[\n;&|(`]/.test(c) || (c === '{' && start < 0)) {
      end();
      words = [];
      redirected = false;
    } else if (c === '<' || c === '>') {
      end();
      redirected = true;
    } else {
      if (start < 0) start = i;
      if (c === '"' || c === "'") quote = c;
      else if (c === '\\') value += text[++i] ?? '';
      else value += c;
    }
  }
  const last: Typed = start < 0 ? { start: text.length, text: '', quote: '' } : { start, text: value, quote };
  const [first] = words;
  // After these a command's name follows.
  if (
    first !== undefined &&
    /^(?:then|do|else|elif|if|while|until|!|time|sudo|exec|command|xargs|watch)$/.test(first.text)
  )
    words = words.slice(1);
  return { words: [...words, last], redirected };
}
