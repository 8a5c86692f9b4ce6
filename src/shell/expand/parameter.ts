import type { Operation, ParameterPart, Word } from '../syntax/ast.ts';
import { evaluate } from './arithmetic.ts';
import { ExpansionError } from './error.ts';
import { joinPieces, type Piece } from './fields.ts';
import { patternSource } from './pattern.ts';
import type { Expander, Scope } from './scope.ts';

/** Expands `$NAME` and `${NAME...}` (POSIX.1-2024, XCU 2.6.2; bash(1), Parameter Expansion). */
export async function expandParameter(
  part: ParameterPart,
  scope: Scope,
  expander: Expander,
): Promise<readonly Piece[]> {
  const { name, operation, quoted } = part;
  if (operation?.kind === 'bad') throw new ExpansionError(`${part.source}: bad substitution`);
  if ((name === '@' || name === '*') && operation?.kind !== 'length' && operation?.kind !== 'default') {
    return expandAll(part, scope, expander);
  }
  let value = name === '@' || name === '*' ? allPositional(scope) : scope.get(name);
  if (operation?.kind === 'default') {
    const absent = value === undefined || (operation.empty && value === '');
    const chosen = await useDefault(part, operation, absent, scope, expander);
    if (chosen !== undefined) return chosen;
    if ((name === '@' || name === '*') && operation.operator !== '+')
      return expandAll({ ...part, operation: { kind: 'bad' } }, scope, expander);
    if (operation.operator === '+') return [];
  }
  if (operation?.kind === 'length' && (name === '@' || name === '*'))
    return [text(String(scope.positional.length), quoted)];
  if (value === undefined) {
    if (scope.nounset && operation?.kind !== 'default') throw new ExpansionError(`${name}: unbound variable`, 127);
    if (operation?.kind === 'indirect') throw new ExpansionError(`${name}: invalid indirect expansion`);
    value = '';
  }
  return [text(operation === undefined ? value : await apply(operation, value, scope, expander), quoted)];
}

function text(value: string, quoted: boolean): Piece {
  return { kind: 'text', text: value, quoted, split: !quoted };
}

function allPositional(scope: Scope): string | undefined {
  return scope.positional.length === 0 ? undefined : scope.positional.join(' ');
}

/** `$@` and `$*`: a field for each parameter, but for `"$*"`, which joins them by the first character of IFS. */
async function expandAll(part: ParameterPart, scope: Scope, expander: Expander): Promise<readonly Piece[]> {
  const { operation, quoted } = part;
  let values = [...scope.positional];
  if (operation?.kind === 'slice') {
    const all = [scope.get('0') ?? '', ...values];
    const offset = await number(operation.offset, scope, expander);
    const start = offset < 0 ? all.length + offset : offset;
    const length = operation.length === undefined ? undefined : await number(operation.length, scope, expander);
    values = (start <= 0 && offset >= 0 ? all : all.slice(Math.max(start, 0))).slice(0, length);
  } else if (operation !== undefined && operation.kind !== 'bad') {
    values = await Promise.all(values.map((value) => apply(operation, value, scope, expander)));
  }
  if (quoted && part.name === '*') return [text(values.join((scope.get('IFS') ?? ' ').slice(0, 1)), true)];
  return values.flatMap((value, i): Piece[] =>
    i === 0 ? [text(value, quoted)] : [{ kind: 'break' }, text(value, quoted)],
  );
}

/** @returns the word's pieces where it is taken instead of the value */
async function useDefault(
  part: ParameterPart,
  operation: Operation & { kind: 'default' },
  absent: boolean,
  scope: Scope,
  expander: Expander,
): Promise<readonly Piece[] | undefined> {
  const pieces = async (): Promise<readonly Piece[]> => {
    const expanded = await expander.parts(operation.word, scope, part.quoted ? 'none' : 'start');
    if (part.quoted) return expanded.length === 0 ? [text('', true)] : expanded;
    return expanded.map((piece) => (piece.kind === 'text' && !piece.quoted ? { ...piece, split: true } : piece));
  };
  switch (operation.operator) {
    case '+':
      return absent ? (part.quoted ? [text('', true)] : []) : pieces();
    case '-':
      return absent ? pieces() : undefined;
    case '=': {
      if (!absent) return undefined;
      if (!/^[A-Za-z_]/.test(part.name)) throw new ExpansionError(`$${part.name}: cannot assign in this way`);
      const value = joinPieces(await pieces());
      scope.set(part.name, value);
      return [text(value, part.quoted)];
    }
    case '?': {
      if (!absent) return undefined;
      const message = joinPieces(await pieces());
      const otherwise = operation.empty ? 'parameter null or not set' : 'parameter not set';
      throw new ExpansionError(`${part.name}: ${message === '' ? otherwise : message}`, 127);
    }
  }
}

async function number(word: Word, scope: Scope, expander: Expander): Promise<number> {
  return Number(evaluate(await expander.text(word, scope), scope));
}

async function apply(operation: Operation, value: string, scope: Scope, expander: Expander): Promise<string> {
  switch (operation.kind) {
    case 'length':
      return String([...value].length);
    case 'indirect':
      return scope.get(value) ?? '';
    case 'trim': {
      const pattern = await expander.pattern(operation.pattern, scope);
      const longest = operation.operator.length === 2;
      if (operation.operator[0] === '#') {
        return value.replace(new RegExp(`^(?:${patternSource(pattern, !longest)})`, 'su'), '');
      }
      return trimEnd(value, new RegExp(`^(?:${patternSource(pattern)})$`, 'su'), longest);
    }
    case 'replace':
      return replace(operation, value, scope, expander);
    case 'slice': {
      const characters = [...value];
      const offset = await number(operation.offset, scope, expander);
      const start = offset < 0 ? characters.length + offset : offset;
      if (start < 0) return '';
      if (operation.length === undefined) return characters.slice(start).join('');
      const length = await number(operation.length, scope, expander);
      const end = length < 0 ? characters.length + length : start + length;
      if (end < start) throw new ExpansionError(`${length}: substring expression < 0`);
      return characters.slice(start, end).join('');
    }
    case 'case': {
      const change = (part: string) => (operation.operator[0] === '^' ? part.toUpperCase() : part.toLowerCase());
      if (operation.operator.length === 2) return change(value);
      const [first = '', ...rest] = value;
      return change(first) + rest.join('');
    }
    default:
      return value;
  }
}

/** Removes the shortest or longest end that the pattern matches. */
function trimEnd(value: string, regex: RegExp, longest: boolean): string {
  const starts = Array.from({ length: value.length + 1 }, (_, i) => (longest ? i : value.length - i));
  const found = starts.find((start) => regex.test(value.slice(start)));
  return found === undefined ? value : value.slice(0, found);
}

async function replace(
  operation: Operation & { kind: 'replace' },
  value: string,
  scope: Scope,
  expander: Expander,
): Promise<string> {
  const pattern = await expander.pattern(operation.pattern, scope);
  if (pattern === '') return value;
  const replacement = await expander.text(operation.replacement, scope);
  const source = patternSource(pattern);
  switch (operation.where) {
    case 'start':
      return value.replace(new RegExp(`^(?:${source})`, 'su'), () => replacement);
    case 'end':
      return value.replace(new RegExp(`(?:${source})$`, 'su'), () => replacement);
    default: {
      const regex = new RegExp(source, operation.where === 'all' ? 'gsu' : 'su');
      return value.replace(regex, (match) => (match === '' && value !== '' ? '' : replacement));
    }
  }
}
