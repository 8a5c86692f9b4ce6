import { asAssignment } from './assignment.ts';
import type { AndOr, Assignment, Command, List, Pipeline, Redirection, Word } from './ast.ts';
import { CompoundParser } from './compound.ts';
import { ShellSyntaxError } from './error.ts';
import { Lexer } from './lexer.ts';
import type { ParseOptions } from './tokens.ts';

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
class Parser extends CompoundParser {
  script(): List {
    const list = this.list();
    if (this.token.kind !== 'end') throw this.unexpected();
    return list;
  }

  /** A list that ends with `operator`, which is consumed without looking at what follows. */
  until(operator: string): List {
    const list = this.list();
    if (!this.is(operator)) throw this.unexpected();
    return list;
  }

  protected list(): List {
    const list: AndOr[] = [];
    this.newlines();
    while (this.#startsCommand()) {
      list.push(this.#andOr());
      this.newlines();
    }
    return list;
  }

  /** A list with at least one command, as the grammar's compound lists are. */
  protected body(): List {
    const list = this.list();
    if (list.length === 0) throw this.unexpected();
    return list;
  }

  #startsCommand(): boolean {
    const token = this.token;
    if (token.kind === 'end' || token.kind === 'newline') return false;
    if (token.kind === 'operator') return token.text === '(' || REDIRECTIONS.has(token.text);
    const reserved = this.reserved();
    return reserved === undefined || !CLOSING.has(reserved);
  }

  #andOr(): AndOr {
    const start = this.token.start;
    const first = this.#pipeline();
    const rest: { operator: '&&' | '||'; pipeline: Pipeline }[] = [];
    while (this.is('&&') || this.is('||')) {
      const operator = this.token.text as '&&';
      this.advance();
      this.newlines();
      rest.push({ operator, pipeline: this.#pipeline() });
    }
    const source = this.lexer.text.slice(start, this.token.start).trim();
    const background = this.is('&');
    if (background || this.is(';')) this.advance();
    return { first, rest, background, source };
  }

  #pipeline(): Pipeline {
    let negated = false;
    let timed = false;
    for (;;) {
      const reserved = this.reserved();
      if (reserved === '!') negated = !negated;
      else if (reserved === 'time') timed = true;
      else break;
      this.advance();
      if (timed && this.token.kind === 'word' && this.token.text === '-p') this.advance();
    }
    if ((negated || timed) && !this.#startsCommand()) return { commands: [], negated, timed };
    const commands: Command[] = [this.command()];
    while (this.is('|') || this.is('|&')) {
      if (this.is('|&')) {
        const last = commands.pop() as Command;
        const both: Redirection = {
          operator: '>&',
          descriptor: 2,
          target: [{ kind: 'text', text: '1', quoted: false }],
        };
        commands.push({ ...last, redirections: [...last.redirections, both] });
      }
      this.advance();
      this.newlines();
      commands.push(this.command());
    }
    return { commands, negated, timed };
  }

  protected command(): Command {
    if (++this.lexer.depth > DEPTH_LIMIT) {
      throw new ShellSyntaxError('commands are nested too deeply', this.token.line);
    }
    try {
      this.expandAlias();
      const line = this.token.line;
      const compound = this.compound();
      if (compound === undefined) return this.#simple();
      return { kind: 'compound', compound, redirections: this.redirections(), line };
    } finally {
      this.lexer.depth--;
    }
  }

  protected redirections(): Redirection[] {
    const redirections: Redirection[] = [];
    for (let next = this.#redirection(); next !== undefined; next = this.#redirection()) redirections.push(next);
    return redirections;
  }

  #redirection(): Redirection | undefined {
    let descriptor: number | undefined;
    if (this.token.kind === 'descriptor') {
      descriptor = Number(this.token.text);
      this.advance();
    }
    if (this.token.kind !== 'operator') return undefined;
    const { text: operator, line } = this.token;
    if (operator === '<>') throw new ShellSyntaxError("the redirection `<>' is not supported by this shell", line);
    if (!REDIRECTIONS.has(operator)) return undefined;
    this.advance();
    const { word, text } = this.word();
    const number = descriptor === undefined ? {} : { descriptor };
    if (operator !== '<<' && operator !== '<<-') {
      this.advance();
      return { operator: operator as '<', ...number, target: word };
    }
    let body: Word = [];
    const delimiter = word.map((part) => (part.kind === 'text' ? part.text : '')).join('');
    this.lexer.pending.push({
      delimiter: word.every((part) => part.kind === 'text') ? delimiter : text,
      literal: word.some((part) => part.kind === 'text' && part.quoted),
      stripTabs: operator === '<<-',
      line,
      take: (read) => {
        body = read;
      },
    });
    this.advance();
    return {
      operator: '<<',
      ...number,
      get target() {
        return body;
      },
    };
  }

  #simple(): Command {
    const line = this.token.line;
    const assignments: Assignment[] = [];
    const words: Word[] = [];
    const redirections: Redirection[] = [];
    for (;;) {
      const redirection = this.#redirection();
      if (redirection !== undefined) {
        redirections.push(redirection);
        continue;
      }
      const token = this.token;
      if (token.kind !== 'word') {
        const only = words.length === 1 && assignments.length === 0 && redirections.length === 0;
        if (this.is('(') && only) {
          const name = words[0]?.map((part) => (part.kind === 'text' ? part.text : '')).join('') ?? '';
          this.advance();
          this.expect(')');
          return { kind: 'compound', compound: this.function(name), redirections: [], line };
        }
        break;
      }
      const assignment = words.length === 0 ? asAssignment(token.word) : undefined;
      this.advance();
      if (assignment === undefined) words.push(token.word);
      else {
        if (assignment.value.length === 0 && this.is('(') && this.token.start === token.end) {
          throw new ShellSyntaxError(`${assignment.name}: arrays are not supported by this shell`, line);
        }
        assignments.push(assignment);
      }
    }
    if (words.length + assignments.length + redirections.length === 0) throw this.unexpected();
    return { kind: 'simple', assignments, words, redirections, line };
  }
}
