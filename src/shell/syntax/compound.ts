import type { CaseBranch, Compound, List, Redirection, Test, Word } from './ast.ts';
import { parseTest } from './condition.ts';
import { ShellSyntaxError } from './error.ts';
import { Lexer } from './lexer.ts';
import { TokenStream } from './tokens.ts';

/** Parses `if`, `for`, `case` and their like. */
export abstract class CompoundParser extends TokenStream {
  protected abstract list(): List;
  /** A list with at least one command, as the grammar's compound lists are. */
  protected abstract body(): List;
  protected abstract redirections(): Redirection[];

  protected compound(): Compound | undefined {
    if (this.is('(')) return this.#parenthesis();
    const word = this.reserved();
    switch (word) {
      case '{': {
        this.advance();
        const body = this.body();
        this.expect('}');
        return { kind: 'group', body };
      }
      case 'if':
        return this.#if();
      case 'while':
      case 'until': {
        this.advance();
        const condition = this.body();
        return { kind: 'while', until: word === 'until', condition, body: this.#do() };
      }
      case 'for':
        return this.#for();
      case 'case':
        return this.#case();
      case 'function': {
        this.advance();
        const name = this.word();
        this.advance();
        if (this.is('(')) {
          this.advance();
          this.expect(')');
        }
        return this.function(name.text);
      }
      case '[[': {
        this.advance();
        return { kind: 'condition', test: this.#test() };
      }
      case 'select':
      case 'coproc':
        throw new ShellSyntaxError(`\`${word}' is not supported by this shell`, this.token.line);
      default:
        if (word !== undefined && word !== 'in' && word !== ']]' && word !== '!' && word !== 'time')
          throw this.unexpected();
        return undefined;
    }
  }

  #parenthesis(): Compound {
    const lexer = this.lexer;
    if (lexer.text[lexer.at] === '(' && this.token.end === lexer.at) {
      const expression = this.#doubleParenthesis();
      if (expression !== undefined) return { kind: 'arithmetic', expression: expression.word };
    }
    this.advance();
    const body = this.body();
    this.expect(')');
    return { kind: 'subshell', body };
  }

  /** The text between `((` and `))`, when the parentheses close together; the lexer stands behind its first `(`. */
  #doubleParenthesis(): { readonly word: Word; readonly text: string } | undefined {
    const lexer = this.lexer;
    let depth = 0;
    for (let i = lexer.at + 1; i < lexer.text.length; i++) {
      const c = lexer.text[i];
      if (c === '(') depth++;
      else if (c === ')' && depth-- === 0) {
        if (lexer.text[i + 1] !== ')') return undefined;
        const text = lexer.text.slice(lexer.at + 1, i);
        const word = new Lexer(text, this.lexer.substitution).double(undefined);
        lexer.at = i + 2;
        this.advance();
        return { word, text };
      }
    }
    return undefined;
  }

  #if(): Compound {
    const branches: { condition: List; body: List }[] = [];
    do {
      this.advance();
      const condition = this.body();
      this.expect('then');
      branches.push({ condition, body: this.body() });
    } while (this.reserved() === 'elif');
    if (this.reserved() !== 'else') {
      this.expect('fi');
      return { kind: 'if', branches };
    }
    this.advance();
    const otherwise = this.body();
    this.expect('fi');
    return { kind: 'if', branches, otherwise };
  }

  #do(): List {
    this.newlines();
    this.expect('do');
    const body = this.body();
    this.expect('done');
    return body;
  }

  #for(): Compound {
    this.advance();
    const lexer = this.lexer;
    if (this.is('(') && lexer.text[lexer.at] === '(') {
      const line = this.token.line;
      const expression = this.#doubleParenthesis();
      const parts = expression?.text
        .split(';')
        .map((text) => new Lexer(text.trim(), this.lexer.substitution).double(undefined));
      if (parts?.length !== 3) throw new ShellSyntaxError('syntax error: arithmetic expression required', line);
      if (this.is(';')) this.advance();
      return { kind: 'count', parts: parts as unknown as [Word, Word, Word], body: this.#do() };
    }
    const name = this.word().text;
    this.advance();
    this.newlines();
    let words: Word[] | undefined;
    if (this.reserved() === 'in') {
      this.advance();
      words = [];
      while (this.token.kind === 'word') {
        words.push(this.token.word);
        this.advance();
      }
      if (!this.is(';') && this.token.kind !== 'newline') throw this.unexpected();
    }
    if (this.is(';')) this.advance();
    const body = this.#do();
    return words === undefined ? { kind: 'for', name, body } : { kind: 'for', name, words, body };
  }

  #case(): Compound {
    this.advance();
    const subject = this.word().word;
    this.advance();
    this.newlines();
    this.expect('in');
    this.newlines();
    const branches: CaseBranch[] = [];
    while (this.reserved() !== 'esac') {
      if (this.is('(')) this.advance();
      const patterns = [this.word().word];
      this.advance();
      while (this.is('|')) {
        this.advance();
        patterns.push(this.word().word);
        this.advance();
      }
      this.expect(')');
      const body = this.list();
      let end: CaseBranch['end'] = ';;';
      if (this.is(';;') || this.is(';&') || this.is(';;&')) {
        end = this.token.text as CaseBranch['end'];
        this.advance();
        this.newlines();
      } else if (this.reserved() !== 'esac') throw this.unexpected();
      branches.push({ patterns, body, end });
    }
    this.advance();
    return { kind: 'case', subject, branches };
  }

  protected function(name: string): Compound {
    this.newlines();
    const line = this.token.line;
    const compound = this.compound();
    if (compound === undefined) throw this.unexpected();
    return { kind: 'function', name, body: { kind: 'compound', compound, redirections: this.redirections(), line } };
  }

  #test(): Test {
    return parseTest({
      token: () => this.token,
      advance: () => this.advance(),
      regex: () => {
        const lexer = this.lexer;
        lexer.at = this.token.start;
        let depth = 0;
        const word = lexer.word((c) => {
          if (c === '(') depth++;
          if (c === ')' && depth-- === 0) return true;
          return c === '\n' || c === '&' || (depth === 0 && (c === ' ' || c === '\t'));
        });
        this.advance();
        return word;
      },
      unexpected: () => this.unexpected(),
    });
  }
}
