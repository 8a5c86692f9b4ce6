import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
import type { Position, Problem } from './problem.ts';

/** A YAML value that knows where it stands. */
export type Located = (
  | { readonly kind: 'map'; readonly entries: readonly Entry[] }
  | { readonly kind: 'list'; readonly items: readonly Located[] }
  | { readonly kind: 'scalar'; readonly value: string | number | boolean | null }
) & { readonly at: Position };

export interface Entry {
  readonly key: string;
  readonly keyAt: Position;
  readonly value: Located;
}

/** No file of a lab is longer (characters); bigger ones are a mistake, and slow to read. */
export const MAX_FILE = 1_000_000;
/** No file holds more values, aliases written out: a "billion laughs" stops here. */
const MAX_VALUES = 50_000;
/** An anchor that holds itself has no end. */
const MAX_DEPTH = 100;

/** Reads a YAML file of one or more documents. Problems leave `documents` empty. */
export function readYaml(file: string, text: string): { documents: readonly Located[]; problems: readonly Problem[] } {
  const whole = (message: string, found: string, expected: string): Problem => ({
    file,
    line: 1,
    column: 1,
    field: '',
    message,
    found,
    expected,
  });
  if (text.length > MAX_FILE) {
    return {
      documents: [],
      problems: [whole('this file is too big', `${text.length} characters`, `at most ${MAX_FILE}`)],
    };
  }
  const lines = new LineCounter();
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const parsed = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    logLevel: 'silent',
  });
  const problems: Problem[] = [];
  const documents: Located[] = [];
  const read = Array.isArray(parsed) ? parsed : [];
  // A wrong indent makes much of what follows wrong too: only the first error is the author's.
  const [first] = read.flatMap(({ errors }) => errors).sort((a, b) => a.pos[0] - b.pos[0]);
  if (first !== undefined) {
    const message = `this is not YAML: ${first.message}`;
    return { documents, problems: [{ file, ...position(first.pos[0]), field: '', message }] };
  }
  for (const document of read) {
    if (document.contents === null) continue;
    let budget = MAX_VALUES;
    const locate = (node: Node | null | undefined, fallback: Position, depth = 0): Located => {
      if (--budget < 0 || depth > MAX_DEPTH) throw new TooMany();
      const at = node?.range ? position(node.range[0]) : fallback;
      if (isAlias(node)) return locate(node.resolve(document), at, depth + 1);
      if (isMap<Node, Node | null>(node)) {
        const entries = node.items.map(({ key, value }) => {
          const keyAt = key.range ? position(key.range[0]) : at;
          return { key: String(isScalar(key) ? key.value : key), keyAt, value: locate(value, keyAt, depth + 1) };
        });
        return { kind: 'map', entries, at };
      }
      if (isSeq<Node>(node)) {
        return { kind: 'list', items: node.items.map((item) => locate(item, at, depth + 1)), at };
      }
      const value = isScalar(node) ? node.value : null;
      const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
      return { kind: 'scalar', value: plain ? value : value === null ? null : String(value), at };
    };
    try {
      documents.push(locate(document.contents, { line: 1, column: 1 }));
    } catch (error) {
      if (!(error instanceof TooMany)) throw error;
      problems.push(
        whole(
          'this file holds too much',
          `more than ${MAX_VALUES} values or ${MAX_DEPTH} levels, anchors written out`,
          'a file that people can read',
        ),
      );
    }
  }
  return { documents: problems.length > 0 ? [] : documents, problems };
}

class TooMany extends Error {}

/** The value without its places. */
export function plain(located: Located): unknown {
  if (located.kind === 'scalar') return located.value;
  if (located.kind === 'list') return located.items.map(plain);
  return Object.fromEntries(located.entries.map(({ key, value }) => [key, plain(value)]));
}

/** What a value is, for people: `the text "two"`, `a list of 3`. */
export function inWords(located: Located): string {
  if (located.kind === 'map') return 'a map';
  if (located.kind === 'list')
    return located.items.length === 0 ? 'an empty list' : `a list of ${located.items.length}`;
  if (located.value === null) return 'nothing';
  if (typeof located.value === 'string') {
    const line = located.value.length > 40 ? `${located.value.slice(0, 40)}...` : located.value;
    return `the text ${JSON.stringify(line)}`;
  }
  return typeof located.value === 'number' ? `the number ${located.value}` : `\`${located.value}\``;
}
