const CLASSES: Readonly<Record<string, string>> = {
  alpha: '\\p{L}',
  digit: '0-9',
  alnum: '\\p{L}0-9',
  upper: '\\p{Lu}',
  lower: '\\p{Ll}',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
  cntrl: '\\x00-\\x1f\\x7f',
  print: '\\x20-\\x7e\\u00a0-\\uffff',
  graph: '\\x21-\\x7e\\u00a1-\\uffff',
};

/** Makes the characters of a text that mean something in a pattern mean themselves. */
export function escapePattern(text: string): string {
  return text.replace(/[\\*?[\]]/g, '\\$&');
}

/** Whether a pattern has an unescaped `*`, `?` or `[`. */
export function isPattern(pattern: string): boolean {
  return /[*?[]/.test(pattern.replace(/\\./gs, ''));
}

/** A pattern's text when it is none. */
export function unescapePattern(pattern: string): string {
  return pattern.replace(/\\(.)/gs, '$1');
}

/** The source of a regular expression (flags `su`) for a shell pattern (POSIX.1-2024, XCU 2.14). `lazy`: `*` takes as little as it can. */
export function patternSource(pattern: string, lazy = false): string {
  let source = '';
  const characters = [...pattern];
  for (let i = 0; i < characters.length; i++) {
    const c = characters[i] as string;
    if (c === '*') {
      while (characters[i + 1] === '*') i++;
      source += lazy ? '.*?' : '.*';
    } else if (c === '?') source += '.';
    else if (c === '\\' && i + 1 < characters.length) source += literal(characters[++i] as string);
    else if (c === '[') {
      const set = bracket(characters, i);
      if (set === undefined) source += '\\[';
      else {
        source += set.source;
        i = set.end;
      }
    } else source += literal(c);
  }
  return source;
}

export function matches(pattern: string, text: string): boolean {
  return new RegExp(`^${patternSource(pattern)}$`, 'su').test(text);
}

function literal(c: string, inBrackets = false): string {
  if (c === '-') return inBrackets ? '\\-' : '-';
  return /[\\^$.*+?()[\]{}|/]/.test(c) ? `\\${c}` : c;
}

function bracket(
  characters: readonly string[],
  start: number,
): { readonly source: string; readonly end: number } | undefined {
  let i = start + 1;
  const negated = characters[i] === '!' || characters[i] === '^';
  if (negated) i++;
  let set = '';
  for (let first = true; ; first = false, i++) {
    const c = characters[i];
    if (c === undefined) return undefined;
    if (c === ']' && !first) break;
    const rest = characters.slice(i, i + 12).join('');
    const named = /^\[:([a-z]+):\]/.exec(rest);
    if (named !== null && CLASSES[named[1] as string] !== undefined) {
      set += CLASSES[named[1] as string];
      i += named[0].length - 1;
      continue;
    }
    let from = c;
    if (c === '\\' && characters[i + 1] !== undefined) from = characters[++i] as string;
    if (characters[i + 1] === '-' && characters[i + 2] !== undefined && characters[i + 2] !== ']') {
      const to = characters[i + 2] as string;
      i += 2;
      if ((to.codePointAt(0) ?? 0) >= (from.codePointAt(0) ?? 0)) set += `${literal(from, true)}-${literal(to, true)}`;
    } else set += literal(from, true);
  }
  if (set === '') return { source: negated ? '.' : '(?!)', end: i };
  return { source: `[${negated ? '^' : ''}${set}]`, end: i };
}
