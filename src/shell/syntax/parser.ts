import { asAssignment } from './assignment.ts';
import type {
  AndOr,
  Assignment,
  CaseBranch,
  Command,
  Compound,
  List,
  Pipeline,
  Redirection,
  Test,
  Word,
} from './ast.ts';
import { parseTest } from './condition.ts';
import { ShellSyntaxError } from './error.ts';
import { Lexer, type Token } from './lexer.ts';

export interface ParseOptions {
  /** Replaces a command's first word (interactive shells only). */
  readonly alias?: (name: string) => string | undefined;
  /** More text may follow: what is unfinished throws an `incomplete` error. */
  readonly more?: boolean;
  readonly firstLine?: number;
}

const RESERVED = new Set([
  'if',
  'then',
  'elif',
  'else',
  'fi',
  'for',
  'while',
  'until',
  'do',
  'done',
  'case',
  'esac',
  'function',
  '{',
  '}',
  '!',
  '[[',
  ']]',
  'time',
  'in',
  'select',
  'coproc',
]);
const CLOSING = new Set(['then', 'elif', 'else', 'fi', 'do', 'done', 'esac', '}']);
const REDIRECTIONS = new Set(['<', '>', '>>', '>|', '<&', '>&', '&>', '&>>', '<<', '<<-', '<<<']);
/** Commands inside each other. */
const DEPTH_LIMIT = 150;

/** Parses a whole text. Throws `ShellSyntaxError`. @returns its commands and warnings */
export function parse(
  text: string,
  options: ParseOptions = {},
): { readonly list: List; readonly warnings: Lexer['warnings'] } {
  const lexer = new Lexer(text, substitution, options.more);
  lexer.line = options.firstLine ?? 1;
  const list = new Parser(lexer, options).script();
  return { list, warnings: lexer.warnings };
}

/** A text's parts as between double quotes: what a prompt is expanded from. */
export function parseQuoted(text: string): Word {
  return new Lexer(text, substitution).double(undefined);
}

function substitution(lexer: Lexer): List {
  return new Parser(lexer, {}).until(')');
}

/** A recursive descent parser of the shell command language (POSIX.1-2024, XCU 2.10, with bash's additions). */
class Parser {
  readonly #lexer: Lexer;
  readonly #options: ParseOptions;
  readonly #aliases = new Map<string, number>();
  #token: Token;
  #depth = 0;

  constructor(lexer: Lexer, options: ParseOptions) {
    this.#lexer = lexer;
    this.#options = options;
    this.#token = lexer.next();
  }

  script(): List {
    const list = this.#list();
    if (this.#token.kind !== 'end') throw this.#unexpected();
    return list;
  }

  /** A list that ends with `operator`, which is consumed without looking at what follows. */
  until(operator: string): List {
    const list = this.#list();
    if (!this.#is(operator)) throw this.#unexpected();
    return list;
  }

  #advance(): void {
    this.#token = this.#lexer.next();
  }

  #is(operator: string): boolean {
    return this.#token.kind === 'operator' && this.#token.text === operator;
  }

  /** The reserved word at hand, when it stands unquoted. */
  #reserved(): string | undefined {
    const token = this.#token;
    if (token.kind !== 'word' || !RESERVED.has(token.text)) return undefined;
    return token.text;
  }

  #expect(word: string): void {
    if (this.#reserved() !== word && !this.#is(word)) throw this.#unexpected();
    this.#advance();
  }

  #newlines(): void {
    while (this.#token.kind === 'newline') this.#advance();
  }

  #unexpected(): ShellSyntaxError {
    const { kind, text, line } = this.#token;
    if (kind === 'end') return new ShellSyntaxError('syntax error: unexpected end of file', line, { incomplete: true });
    return new ShellSyntaxError(`syntax error near unexpected token \`${text}'`, line, { showLine: true });
  }

  #list(): List {
    const list: AndOr[] = [];
    this.#newlines();
    while (this.#startsCommand()) {
      list.push(this.#andOr());
      this.#newlines();
    }
    return list;
  }

  /** A list with at least one command, as the grammar's compound lists are. */
  #body(): List {
    const list = this.#list();
    if (list.length === 0) throw this.#unexpected();
    return list;
  }

  #startsCommand(): boolean {
    const token = this.#token;
    if (token.kind === 'end' || token.kind === 'newline') return false;
    if (token.kind === 'operator') return token.text === '(' || REDIRECTIONS.has(token.text);
    const reserved = this.#reserved();
    return reserved === undefined || !CLOSING.has(reserved);
  }

  #andOr(): AndOr {
    const start = this.#token.start;
    const first = this.#pipeline();
    const rest: { operator: '&&' | '||'; pipeline: Pipeline }[] = [];
    while (this.#is('&&') || this.#is('||')) {
      const operator = this.#token.text as '&&';
      this.#advance();
      this.#newlines();
      rest.push({ operator, pipeline: this.#pipeline() });
    }
    const source = this.#lexer.text.slice(start, this.#token.start).trim();
    const background = this.#is('&');
    if (background || this.#is(';')) this.#advance();
    return { first, rest, background, source };
  }

  #pipeline(): Pipeline {
    let negated = false;
    let timed = false;
    for (;;) {
      const reserved = this.#reserved();
      if (reserved === '!') negated = !negated;
      else if (reserved === 'time') timed = true;
      else break;
      this.#advance();
      if (timed && this.#token.kind === 'word' && this.#token.text === '-p') this.#advance();
    }
    if ((negated || timed) && !this.#startsCommand()) return { commands: [], negated, timed };
    const commands: Command[] = [this.#command()];
    while (this.#is('|') || this.#is('|&')) {
      if (this.#is('|&')) {
        const last = commands.pop() as Command;
        const both: Redirection = {
          operator: '>&',
          descriptor: 2,
          target: [{ kind: 'text', text: '1', quoted: false }],
        };
        commands.push({ ...last, redirections: [...last.redirections, both] });
      }
      this.#advance();
      this.#newlines();
      commands.push(this.#command());
    }
    return { commands, negated, timed };
  }

  #command(): Command {
    if (++this.#depth + this.#lexer.depth > DEPTH_LIMIT) {
      throw new ShellSyntaxError('commands are nested too deeply', this.#token.line);
    }
    try {
      this.#expandAlias();
      const line = this.#token.line;
      const compound = this.#compound();
      if (compound === undefined) return this.#simple();
      return { kind: 'compound', compound, redirections: this.#redirections(), line };
    } finally {
      this.#depth--;
    }
  }

  /** Puts an alias's text in place of the first word; an alias is not replaced again inside its own text. */
  #expandAlias(): void {
    for (;;) {
      const token = this.#token;
      if (token.kind !== 'word' || this.#options.alias === undefined || !/^[^\s'"\\$`]+$/.test(token.text)) return;
      const text = this.#options.alias(token.text);
      if (text === undefined || (this.#aliases.get(token.text) ?? -1) >= token.start) return;
      const lexer = this.#lexer;
      for (const [name, end] of this.#aliases) {
        if (end >= token.start) this.#aliases.set(name, end + text.length - token.text.length);
      }
      this.#aliases.set(token.text, token.start + text.length);
      lexer.text = lexer.text.slice(0, token.start) + text + lexer.text.slice(token.end);
      lexer.at = token.start;
      lexer.line = token.line;
      this.#advance();
    }
  }

  #compound(): Compound | undefined {
    if (this.#is('(')) return this.#parenthesis();
    const word = this.#reserved();
    switch (word) {
      case '{': {
        this.#advance();
        const body = this.#body();
        this.#expect('}');
        return { kind: 'group', body };
      }
      case 'if':
        return this.#if();
      case 'while':
      case 'until': {
        this.#advance();
        const condition = this.#body();
        return { kind: 'while', until: word === 'until', condition, body: this.#do() };
      }
      case 'for':
        return this.#for();
      case 'case':
        return this.#case();
      case 'function': {
        this.#advance();
        const name = this.#word();
        this.#advance();
        if (this.#is('(')) {
          this.#advance();
          this.#expect(')');
        }
        return this.#function(name.text);
      }
      case '[[': {
        this.#advance();
        return { kind: 'condition', test: this.#test() };
      }
      case 'select':
      case 'coproc':
        throw new ShellSyntaxError(`\`${word}' is not supported by this shell`, this.#token.line);
      default:
        if (word !== undefined && word !== 'in' && word !== ']]' && word !== '!' && word !== 'time')
          throw this.#unexpected();
        return undefined;
    }
  }

  #parenthesis(): Compound {
    const lexer = this.#lexer;
    if (lexer.text[lexer.at] === '(' && this.#token.end === lexer.at) {
      const expression = this.#doubleParenthesis();
      if (expression !== undefined) return { kind: 'arithmetic', expression: expression.word };
    }
    this.#advance();
    const body = this.#body();
    this.#expect(')');
    return { kind: 'subshell', body };
  }

  /** The text between `((` and `))`, when the parentheses close together; the lexer stands behind its first `(`. */
  #doubleParenthesis(): { readonly word: Word; readonly text: string } | undefined {
    const lexer = this.#lexer;
    let depth = 0;
    for (let i = lexer.at + 1; i < lexer.text.length; i++) {
      const c = lexer.text[i];
      if (c === '(') depth++;
      else if (c === ')' && depth-- === 0) {
        if (lexer.text[i + 1] !== ')') return undefined;
        const text = lexer.text.slice(lexer.at + 1, i);
        const word = new Lexer(text, substitution).double(undefined);
        lexer.at = i + 2;
        this.#advance();
        return { word, text };
      }
    }
    return undefined;
  }

  #if(): Compound {
    const branches: { condition: List; body: List }[] = [];
    do {
      this.#advance();
      const condition = this.#body();
      this.#expect('then');
      branches.push({ condition, body: this.#body() });
    } while (this.#reserved() === 'elif');
    if (this.#reserved() !== 'else') {
      this.#expect('fi');
      return { kind: 'if', branches };
    }
    this.#advance();
    const otherwise = this.#body();
    this.#expect('fi');
    return { kind: 'if', branches, otherwise };
  }

  #do(): List {
    this.#newlines();
    this.#expect('do');
    const body = this.#body();
    this.#expect('done');
    return body;
  }

  #for(): Compound {
    this.#advance();
    const lexer = this.#lexer;
    if (this.#is('(') && lexer.text[lexer.at] === '(') {
      const line = this.#token.line;
      const expression = this.#doubleParenthesis();
      const parts = expression?.text.split(';').map((text) => new Lexer(text.trim(), substitution).double(undefined));
      if (parts?.length !== 3) throw new ShellSyntaxError('syntax error: arithmetic expression required', line);
      if (this.#is(';')) this.#advance();
      return { kind: 'count', parts: parts as unknown as [Word, Word, Word], body: this.#do() };
    }
    const name = this.#word().text;
    this.#advance();
    this.#newlines();
    let words: Word[] | undefined;
    if (this.#reserved() === 'in') {
      this.#advance();
      words = [];
      while (this.#token.kind === 'word') {
        words.push(this.#token.word);
        this.#advance();
      }
      if (!this.#is(';') && this.#token.kind !== 'newline') throw this.#unexpected();
    }
    if (this.#is(';')) this.#advance();
    const body = this.#do();
    return words === undefined ? { kind: 'for', name, body } : { kind: 'for', name, words, body };
  }

  #case(): Compound {
    this.#advance();
    const subject = this.#word().word;
    this.#advance();
    this.#newlines();
    this.#expect('in');
    this.#newlines();
    const branches: CaseBranch[] = [];
    while (this.#reserved() !== 'esac') {
      if (this.#is('(')) this.#advance();
      const patterns = [this.#word().word];
      this.#advance();
      while (this.#is('|')) {
        this.#advance();
        patterns.push(this.#word().word);
        this.#advance();
      }
      this.#expect(')');
      const body = this.#list();
      let end: CaseBranch['end'] = ';;';
      if (this.#is(';;') || this.#is(';&') || this.#is(';;&')) {
        end = this.#token.text as CaseBranch['end'];
        this.#advance();
        this.#newlines();
      } else if (this.#reserved() !== 'esac') throw this.#unexpected();
      branches.push({ patterns, body, end });
    }
    this.#advance();
    return { kind: 'case', subject, branches };
  }

  #function(name: string): Compound {
    this.#newlines();
    const line = this.#token.line;
    const compound = this.#compound();
    if (compound === undefined) throw this.#unexpected();
    return { kind: 'function', name, body: { kind: 'compound', compound, redirections: this.#redirections(), line } };
  }

  #test(): Test {
    return parseTest({
      token: () => this.#token,
      advance: () => this.#advance(),
      regex: () => {
        const lexer = this.#lexer;
        lexer.at = this.#token.start;
        let depth = 0;
        const word = lexer.word((c) => {
          if (c === '(') depth++;
          if (c === ')' && depth-- === 0) return true;
          return c === '\n' || c === '&' || (depth === 0 && (c === ' ' || c === '\t'));
        });
        this.#advance();
        return word;
      },
      unexpected: () => this.#unexpected(),
    });
  }

  #word(): Token & { kind: 'word' } {
    if (this.#token.kind !== 'word') throw this.#unexpected();
    return this.#token;
  }

  #redirections(): Redirection[] {
    const redirections: Redirection[] = [];
    for (let next = this.#redirection(); next !== undefined; next = this.#redirection()) redirections.push(next);
    return redirections;
  }

  #redirection(): Redirection | undefined {
    let descriptor: number | undefined;
    if (this.#token.kind === 'descriptor') {
      descriptor = Number(this.#token.text);
      this.#advance();
    }
    if (this.#token.kind !== 'operator') return undefined;
    const { text: operator, line } = this.#token;
    if (operator === '<>') throw new ShellSyntaxError("the redirection `<>' is not supported by this shell", line);
    if (!REDIRECTIONS.has(operator)) return undefined;
    this.#advance();
    const { word, text } = this.#word();
    const number = descriptor === undefined ? {} : { descriptor };
    if (operator !== '<<' && operator !== '<<-') {
      this.#advance();
      return { operator: operator as '<', ...number, target: word };
    }
    let body: Word = [];
    const delimiter = word.map((part) => (part.kind === 'text' ? part.text : '')).join('');
    this.#lexer.pending.push({
      delimiter: word.every((part) => part.kind === 'text') ? delimiter : text,
      literal: word.some((part) => part.kind === 'text' && part.quoted),
      stripTabs: operator === '<<-',
      line,
      take: (read) => {
        body = read;
      },
    });
    this.#advance();
    return {
      operator: '<<',
      ...number,
      get target() {
        return body;
      },
    };
  }

  #simple(): Command {
    const line = this.#token.line;
    const assignments: Assignment[] = [];
    const words: Word[] = [];
    const redirections: Redirection[] = [];
    for (;;) {
      const redirection = this.#redirection();
      if (redirection !== undefined) {
        redirections.push(redirection);
        continue;
      }
      const token = this.#token;
      if (token.kind !== 'word') {
        const only = words.length === 1 && assignments.length === 0 && redirections.length === 0;
        if (this.#is('(') && only) {
          const name = words[0]?.map((part) => (part.kind === 'text' ? part.text : '')).join('') ?? '';
          this.#advance();
          this.#expect(')');
          return { kind: 'compound', compound: this.#function(name), redirections: [], line };
        }
        break;
      }
      const assignment = words.length === 0 ? asAssignment(token.word) : undefined;
      this.#advance();
      if (assignment === undefined) words.push(token.word);
      else {
        if (assignment.value.length === 0 && this.#is('(') && this.#token.start === token.end) {
          throw new ShellSyntaxError(`${assignment.name}: arrays are not supported by this shell`, line);
        }
        assignments.push(assignment);
      }
    }
    if (words.length + assignments.length + redirections.length === 0) throw this.#unexpected();
    return { kind: 'simple', assignments, words, redirections, line };
  }
}
