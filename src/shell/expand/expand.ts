import { LinuxError } from '../../linux/errno.ts';
import type { Part, Word } from '../syntax/ast.ts';
import { evaluate } from './arithmetic.ts';
import { expandBraces } from './braces.ts';
import { type Field, joinPieces, type Piece, splitFields } from './fields.ts';
import { glob } from './glob.ts';
import { expandParameter } from './parameter.ts';
import { escapePattern, isPattern } from './pattern.ts';
import type { Expander, Scope, Tilde } from './scope.ts';

/** Characters that all words of one command may have together (E2BIG beyond). */
const WORDS_LIMIT = 4 * 1024 * 1024;

/** Expands a command's words: braces, tilde, parameters, commands, arithmetic, splitting, paths, quotes (XCU 2.6). */
export async function expandWords(words: readonly Word[], scope: Scope): Promise<string[]> {
  const result: string[] = [];
  let size = 0;
  for (const word of words.flatMap(expandBraces)) {
    const fields = splitFields(await expandParts(word, scope), scope.get('IFS') ?? ' \t\n');
    for (const text of fields.flatMap((field) => expandPath(field, scope))) {
      size += text.length + 1;
      if (size > WORDS_LIMIT) throw new LinuxError('E2BIG');
      result.push(text);
    }
  }
  return result;
}

/** Expands a word to one text: nothing is split and no path is expanded. */
export async function expandText(word: Word, scope: Scope, tilde: Tilde = 'start'): Promise<string> {
  return joinPieces(await expandParts(word, scope, tilde));
}

/** Expands a word to a pattern, in which what was quoted means itself. */
export async function expandPattern(word: Word, scope: Scope): Promise<string> {
  const pieces = await expandParts(word, scope);
  return pieces
    .map((piece) => (piece.kind === 'break' ? ' ' : piece.quoted ? escapePattern(piece.text) : piece.text))
    .join('');
}

/** A redirection's target: it has to become exactly one word. */
export async function expandTarget(word: Word, scope: Scope): Promise<string | undefined> {
  const texts = await expandWords([word], scope);
  return texts.length === 1 ? texts[0] : undefined;
}

export async function expandParts(word: Word, scope: Scope, tilde: Tilde = 'start'): Promise<Piece[]> {
  const pieces: Piece[] = [];
  for (const [i, part] of word.entries()) {
    if (part.kind === 'text' && !part.quoted && tilde !== 'none') {
      const text = expandTilde(part.text, scope, i === 0, tilde === 'assignment', i === word.length - 1);
      pieces.push({ kind: 'text', text, quoted: false, split: false });
    } else pieces.push(...(await expandPart(part, scope)));
  }
  return pieces;
}

const EXPANDER: Expander = {
  parts: expandParts,
  text: (word, scope) => expandText(word, scope, 'none'),
  pattern: expandPattern,
};

async function expandPart(part: Part, scope: Scope): Promise<readonly Piece[]> {
  switch (part.kind) {
    case 'text':
      return [{ kind: 'text', text: part.text, quoted: part.quoted, split: false }];
    case 'parameter':
      return expandParameter(part, scope, EXPANDER);
    case 'command':
      return [{ kind: 'text', text: await scope.substitute(part.body), quoted: part.quoted, split: !part.quoted }];
    case 'arithmetic': {
      const value = evaluate(await expandText(part.expression, scope, 'none'), scope);
      return [{ kind: 'text', text: value.toString(), quoted: part.quoted, split: !part.quoted }];
    }
  }
}

function expandTilde(text: string, scope: Scope, first: boolean, assignment: boolean, last: boolean): string {
  const expand = (piece: string, whole: boolean): string => {
    const match = /^~([A-Za-z0-9_.-]*)(?=\/|$)/.exec(piece);
    if (match === null || (match[0] === piece && !whole)) return piece;
    const home = scope.home(match[1] as string);
    return home === undefined ? piece : home + piece.slice(match[0].length);
  };
  if (!assignment) return first ? expand(text, last) : text;
  const pieces = text.split(':');
  return pieces.map((piece, i) => (first || i > 0 ? expand(piece, last || i < pieces.length - 1) : piece)).join(':');
}

function expandPath(field: Field, scope: Scope): readonly string[] {
  const text = field.map((part) => part.text).join('');
  if (scope.noglob) return [text];
  const pattern = field.map((part) => (part.quoted ? escapePattern(part.text) : part.text)).join('');
  if (!isPattern(pattern)) return [text];
  const found = glob(scope.files, scope.cwd, pattern);
  return found.length === 0 ? [text] : found;
}
