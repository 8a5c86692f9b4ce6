import { contains, type Prefix, parsePrefix } from '../../linux/packet/address.ts';
import type { SocketEntry } from '../../linux/socket/entry.ts';
import { type FilesReader, serviceByName } from '../netdb.ts';

/** Does a socket fit? */
export type Filter = (entry: SocketEntry) => boolean;

/** A filter that ss refuses: its words, and whether the usage follows. */
export class FilterFault extends Error {
  readonly usage: boolean;

  constructor(message: string, usage: boolean) {
    super(message);
    this.name = 'FilterFault';
    this.usage = usage;
  }
}

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '=': (a, b) => a === b,
  '==': (a, b) => a === b,
  eq: (a, b) => a === b,
  '!=': (a, b) => a !== b,
  ne: (a, b) => a !== b,
  neq: (a, b) => a !== b,
  '>=': (a, b) => a >= b,
  ge: (a, b) => a >= b,
  geq: (a, b) => a >= b,
  '<=': (a, b) => a <= b,
  le: (a, b) => a <= b,
  leq: (a, b) => a <= b,
  '>': (a, b) => a > b,
  gt: (a, b) => a > b,
  '<': (a, b) => a < b,
  lt: (a, b) => a < b,
};
const NOT = new Set(['!', 'not']);
const OR = new Set(['|', '||', 'or']);
const AND = new Set(['&', '&&', 'and']);
/** Nested parentheses; the real one's stack ends, too. */
const DEPTH = 100;

/**
 * Reads an expression of ss(8): `dst 10.0.0.0/8`, `sport = :80`, `not`, `and`, `or`, parentheses; two that stand side by
 * side must both hold. Throws `FilterFault`.
 */
export function parseFilter(process: FilesReader, words: readonly string[]): Filter {
  const parser = new Parser(process, tokens(words.join(' ')));
  const filter = parser.list(0);
  if (parser.more) throw syntax();
  return filter;
}

function tokens(text: string): readonly string[] {
  return text.match(/[()]|&&?|\|\|?|!=|[<>=]=?|!|[^\s()&|!<>=]+/g) ?? [];
}

function syntax(): FilterFault {
  return new FilterFault('ss: bison bellows (while parsing filter): "syntax error!" Sorry.', true);
}

class Parser {
  readonly #process: FilesReader;
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(process: FilesReader, list: readonly string[]) {
    this.#process = process;
    this.#tokens = list;
  }

  get more(): boolean {
    return this.#at < this.#tokens.length;
  }

  /** `or` binds less than `and`. */
  list(depth: number): Filter {
    if (depth > DEPTH) throw syntax();
    let left = this.#both(depth);
    while (OR.has(this.#peek)) {
      this.#at++;
      const [a, b] = [left, this.#both(depth)];
      left = (entry) => a(entry) || b(entry);
    }
    return left;
  }

  #both(depth: number): Filter {
    let left = this.#one(depth);
    while (this.more && this.#peek !== ')' && !OR.has(this.#peek)) {
      if (AND.has(this.#peek)) this.#at++;
      const [a, b] = [left, this.#one(depth)];
      left = (entry) => a(entry) && b(entry);
    }
    return left;
  }

  #one(depth: number): Filter {
    if (depth > DEPTH) throw syntax();
    const word = this.#next();
    if (NOT.has(word)) {
      const inner = this.#one(depth + 1);
      return (entry) => !inner(entry);
    }
    if (word === '(') {
      const inner = this.list(depth + 1);
      if (this.#next() !== ')') throw syntax();
      return inner;
    }
    const remote = word === 'dst' || word === 'dport';
    const end = (entry: SocketEntry) => (remote ? entry.remote : entry.local) ?? { address: 0, port: 0 };
    switch (word) {
      case 'src':
      case 'dst': {
        const compare = this.#comparison();
        const { prefix, port } = this.#host(this.#next());
        const fits: Filter = (entry) => {
          const { address, port: own } = end(entry);
          return (prefix === undefined || contains(prefix, address)) && (port === undefined || port === own);
        };
        if (compare === undefined || compare(0, 0)) return fits;
        return (entry) => !fits(entry);
      }
      case 'sport':
      case 'dport': {
        const compare = this.#comparison() ?? ((a, b) => a === b);
        const text = this.#next();
        const port = this.#port(text.replace(/^.*:/, ''));
        return (entry) => compare(end(entry).port, port ?? 0);
      }
      case 'dev': {
        const compare = this.#comparison();
        const name = this.#next();
        return (entry) => (entry.device === name) === (compare?.(0, 0) ?? true);
      }
      case 'fwmark': {
        const compare = this.#comparison();
        const [, value, mask] = /^(0x[0-9a-f]+|\d+)(?:\/(0x[0-9a-f]+|\d+))?$/i.exec(this.#next()) ?? [];
        if (value === undefined) throw new FilterFault('Cannot parse mark.', false);
        const bits = mask === undefined ? 0xffffffff : Number(mask);
        return (entry) => (((entry.mark ?? 0) & bits) >>> 0 === Number(value)) === (compare?.(0, 0) ?? true);
      }
      default:
        // A word that is no condition is taken for a host.
        if (/^[()&|!<>=]/.test(word)) throw syntax();
        this.#host(word);
        throw syntax();
    }
  }

  get #peek(): string {
    return this.#tokens[this.#at] ?? '';
  }

  #next(): string {
    const word = this.#tokens[this.#at++];
    if (word === undefined) throw syntax();
    return word;
  }

  #comparison(): ((a: number, b: number) => boolean) | undefined {
    const compare = COMPARISONS[this.#peek];
    if (compare !== undefined) this.#at++;
    return compare;
  }

  /** `10.0.0.2:80`, `10.0.0.0/8`, `*:80`, `:80`. */
  #host(text: string): { prefix: Prefix | undefined; port: number | undefined } {
    const colon = text.indexOf(':', Math.max(0, text.indexOf('/')));
    const host = colon < 0 ? text : text.slice(0, colon);
    const port = colon < 0 ? undefined : this.#port(text.slice(colon + 1));
    if (host === '' || host === '*') return { prefix: undefined, port };
    const prefix = parsePrefix(host);
    if (prefix === undefined) throw fault(`Error: an inet prefix is expected rather than "${host}".`);
    return { prefix, port };
  }

  #port(text: string): number | undefined {
    if (text === '' || text === '*') return undefined;
    if (/^\d{1,9}$/.test(text)) return Number(text);
    const known = serviceByName(this.#process, text, 'tcp') ?? serviceByName(this.#process, text, 'udp');
    if (known === undefined) throw fault(`Error: "${text}" does not look like a port.`);
    return known.port;
  }
}

function fault(message: string): FilterFault {
  return new FilterFault(`${message}\nCannot parse dst/src address.`, false);
}
