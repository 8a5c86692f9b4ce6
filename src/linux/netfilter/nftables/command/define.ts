import { parseRight } from '../parse/expression.ts';
import { NftError, source } from '../parse/location.ts';
import type { Parser } from '../parse/parser.ts';
import { scan } from '../parse/scanner.ts';
import { endOfLine } from './chain.ts';

/** Reads the files that `include` names; undefined: there is none. */
export type ReadFile = (path: string) => string | undefined;

const readers = new WeakMap<Parser, ReadFile>();

export function includesFrom(parser: Parser, read: ReadFile): void {
  readers.set(parser, read);
}

/** MAX_INCLUDE_DEPTH, counted over the whole text. */
const INCLUDE_LIMIT = 16;
const included = new WeakMap<Parser, number>();

/** `define`, `redefine`, `undefine` and `include`, which may stand wherever a command or block part may. */
export function takeCommon(parser: Parser): boolean {
  if (parser.is('define') || parser.is('redefine')) {
    const word = parser.next();
    const name = parser.name();
    parser.expect('=');
    const value = parseRight(parser);
    endOfLine(parser);
    if (word.text === 'define' && parser.scope.has(name.text)) {
      throw new NftError(`redefinition of symbol '${name.text}'`, name.at);
    }
    parser.scope.set(name.text, value);
    return true;
  }
  if (parser.take('undefine')) {
    const name = parser.name();
    endOfLine(parser);
    if (!parser.scope.delete(name.text)) throw new NftError(`undefined symbol '${name.text}'`, name.at);
    return true;
  }
  if (parser.is('include')) {
    const word = parser.next();
    const path = parser.peek();
    if (path.kind !== 'quoted') throw parser.unexpected(['quoted string']);
    parser.next();
    endOfLine(parser);
    const at = parser.since(word.at);
    const count = (included.get(parser) ?? 0) + 1;
    included.set(parser, count);
    if (count > INCLUDE_LIMIT) throw new NftError(`Include nested too deeply, max ${INCLUDE_LIMIT} levels`, at);
    const text = readers.get(parser)?.(path.text);
    if (text === undefined) throw new NftError(`File not found: ${path.text}`, at);
    parser.insert(scan(source(path.text, text)).filter(({ kind }) => kind !== 'end'));
    return true;
  }
  return false;
}
