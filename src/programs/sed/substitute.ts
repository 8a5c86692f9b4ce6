import type { ReplacementPart, Substitute } from './script.ts';

/** Does `s` on a text. @returns the new text; undefined when nothing matched */
export function substitute(text: string, command: Substitute, regex: RegExp): string | undefined {
  let count = 0;
  let changed = false;
  const result = text.replace(regex, (...args: unknown[]) => {
    const end = args.findIndex((arg) => typeof arg === 'number');
    const groups = args.slice(0, end) as (string | undefined)[];
    count++;
    const [whole = ''] = groups;
    if (count < command.nth || (count > command.nth && !command.all)) return whole;
    changed = true;
    return build(command.replacement, groups);
  });
  return changed ? result : undefined;
}

function build(parts: readonly ReplacementPart[], groups: readonly (string | undefined)[]): string {
  let out = '';
  let lasting: 'L' | 'U' | undefined;
  let once: 'l' | 'u' | undefined;
  for (const part of parts) {
    if (typeof part === 'object') {
      if (part.change === 'l' || part.change === 'u') once = part.change;
      else lasting = part.change === 'E' ? undefined : part.change;
      continue;
    }
    let piece = typeof part === 'number' ? (groups[part] ?? '') : part;
    if (lasting !== undefined) piece = lasting === 'U' ? piece.toUpperCase() : piece.toLowerCase();
    if (once !== undefined && piece !== '') {
      const [first = '', ...rest] = piece;
      piece = (once === 'u' ? first.toUpperCase() : first.toLowerCase()) + rest.join('');
      once = undefined;
    }
    out += piece;
  }
  return out;
}
