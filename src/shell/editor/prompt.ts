import { normalizePath } from '../../linux/files/path.ts';
import { expandText } from '../expand/expand.ts';
import { userName } from '../run/special.ts';
import type { Shell } from '../run/state.ts';
import { parseQuoted } from '../syntax/parser.ts';

/** A prompt as it is shown: backslash escapes (bash(1), PROMPTING), then `$...` expanded. */
export async function renderPrompt(shell: Shell, text: string): Promise<string> {
  const decoded = text.replace(/\\(\d{3}|.)/gs, (whole, code: string) => escapeOf(shell, code) ?? whole);
  try {
    return await expandText(parseQuoted(decoded), shell, 'none');
  } catch {
    return decoded;
  }
}

function escapeOf(shell: Shell, code: string): string | undefined {
  const { process } = shell;
  switch (code) {
    case 'u':
      return userName(shell);
    case 'h':
      return process.hostname.split('.')[0] ?? '';
    case 'H':
      return process.hostname;
    case 'w':
      return tilde(shell);
    case 'W': {
      const shown = tilde(shell);
      return shown === '~' || shown === '/' ? shown : shown.slice(shown.lastIndexOf('/') + 1);
    }
    case '$':
      return process.uid === 0 ? '#' : '\\$';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 'a':
      return '\x07';
    case 'e':
      return '\x1b';
    case '[':
      return '';
    case ']':
      return '';
    case 's':
      return shell.name.replace(/^.*\//, '');
    case 'v':
    case 'V':
      return '5.2';
    case 't':
      return new Date(process.clock.wall()).toISOString().slice(11, 19);
    case 'A':
      return new Date(process.clock.wall()).toISOString().slice(11, 16);
    case 'j':
      return String(shell.jobs.all.length);
    case '!':
    case '#':
      return String(shell.history.length + 1);
    case '\\':
      return '\\\\';
    default:
      return /^[0-7]{3}$/.test(code) ? String.fromCharCode(Number.parseInt(code, 8)) : undefined;
  }
}

function tilde(shell: Shell): string {
  const home = normalizePath(shell.get('HOME') ?? '');
  if (home !== '/' && (shell.cwd === home || shell.cwd.startsWith(`${home}/`)))
    return `~${shell.cwd.slice(home.length)}`;
  return shell.cwd;
}
