import { LineCounter, parseDocument, type ScalarTag, type Tags, type YAMLError } from 'yaml';
import { CommandError, PlainError } from '../errors.ts';

/** What the API server takes in one request; a longer document can't succeed and is not even parsed. */
const maxDocumentBytes = 3_145_728;
const maxAliases = 400;

/**
 * The documents of a manifest, as the values that their JSON would have; empty ones are left out.
 * YAML 1.1 as Go's sigs.k8s.io/yaml reads it: `yes` and `on` are truth values, dates stay text.
 * @param source what errors call it: the file's path or `STDIN`.
 * Throws CommandError in kubectl's words, with the line within the document, once it comes to a document that is none.
 */
export function* readYaml(text: string, source: string): Generator<unknown> {
  for (const document of text.replace(/^\ufeff/, '').split(/^---(?:[ \t].*)?$(?:\r?\n)?/m)) {
    const value = readDocument(document, source);
    if (value !== null && value !== undefined) yield value;
  }
}

function readDocument(text: string, source: string): unknown {
  if (text.length > maxDocumentBytes) {
    throw new PlainError(
      `Error from server (RequestEntityTooLarge): error when creating ${JSON.stringify(source)}: Request entity too large: limit is ${maxDocumentBytes}`,
    );
  }
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    version: '1.1',
    merge: true,
    uniqueKeys: false,
    customTags: (tags: Tags) => tags.filter((tag) => typeof tag === 'string' || isKept(tag as ScalarTag)),
    lineCounter,
    logLevel: 'silent',
  });
  if (document.errors.length > 0) throw failure(source, goMessage(document.errors, text));
  try {
    return document.toJS({ maxAliasCount: maxAliases });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const anchor = /anchor[^:]*: (\S+)/.exec(message)?.[1];
    throw failure(
      source,
      anchor === undefined ? 'document contains excessive aliasing' : `unknown anchor '${anchor}' referenced`,
    );
  }
}

/** Go's reader knows no dates, base-60 numbers or binary as types of their own. */
function isKept(tag: ScalarTag): boolean {
  return !/:(timestamp|binary|omap|pairs|set)$/.test(tag.tag) && tag.format !== 'TIME';
}

function failure(source: string, message: string): CommandError {
  return new CommandError(`error parsing ${source}: error converting YAML to JSON: yaml: ${message}`);
}

/** The same fault in the words of Go's parser, whose lines count from 0 for all but its scanner's errors. */
function goMessage(errors: readonly YAMLError[], text: string): string {
  const first = errors[0] as YAMLError;
  const line = first.linePos?.[0].line ?? 1;
  const says = (part: string) => errors.some((error) => error.message.includes(part));
  const scanner = (message: string, at = line) => (at <= 1 ? message : `line ${at}: ${message}`);
  const parser = (message: string) => (line <= 1 ? message : `line ${line - 1}: ${message}`);
  switch (first.code) {
    case 'TAB_AS_INDENT':
    case 'BAD_SCALAR_START':
      return scanner('found character that cannot start any token');
    case 'BLOCK_AS_IMPLICIT_KEY':
      if (!says('Nested mappings')) return parser('did not find expected key');
      return scanner(
        'mapping values are not allowed in this context',
        errors.some(({ code }) => code === 'MULTILINE_IMPLICIT_KEY') ? line + 1 : line,
      );
    case 'MULTILINE_IMPLICIT_KEY':
      return says('block-seq-ind')
        ? parser('did not find expected key')
        : scanner("could not find expected ':'", line + 1);
    case 'MISSING_CHAR':
      if (first.message.startsWith('Missing closing')) return scanner('found unexpected end of stream');
      if (first.message.startsWith('Implicit map keys')) return scanner("could not find expected ':'", line + 1);
      return parser(first.message.includes('Flow') ? flowEnd(first) : 'did not find expected key');
    case 'BAD_INDENT':
      return parser(first.message.startsWith('Flow') ? flowEnd(first) : 'did not find expected key');
    case 'UNEXPECTED_TOKEN':
      if (says('in YAML document')) return parser('did not find expected node content');
      return parser(/^\s*-\s/.test(text) ? "did not find expected '-' indicator" : 'did not find expected key');
    default:
      return scanner((first.message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, ''));
  }
}

function flowEnd(error: YAMLError): string {
  return `did not find expected ',' or '${/map/i.test(error.message) ? '}' : ']'}'`;
}
