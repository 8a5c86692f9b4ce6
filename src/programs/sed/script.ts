import { Misuse } from '../gnu/options.ts';
import { posixRegex } from '../regex/posix.ts';

/** What an address selects: a line number, every so many lines, the last line, or a match. `regex` absent: the last one used. */
export type Address =
  | { readonly kind: 'line'; readonly line: number }
  | { readonly kind: 'step'; readonly first: number; readonly step: number }
  | { readonly kind: 'last' }
  | { readonly kind: 'regex'; readonly regex: RegExp | undefined }
  /** Only as a second address. */
  | { readonly kind: 'plus' | 'multiple'; readonly count: number };

export interface Command {
  readonly name: string;
  readonly from?: Address;
  readonly to?: Address;
  readonly negated: boolean;
  /** The text of `a i c`, the label of `b t`, the file of `r w`. */
  readonly text?: string;
  readonly substitute?: Substitute;
  /** `y`: what becomes what. */
  readonly map?: ReadonlyMap<string, string>;
  /** `{`: where its `}` is; `b`, `t`: where the label is (the end when absent). */
  target?: number;
  /** The exit status of `q` and `Q`. */
  readonly status?: number;
}

export interface Substitute {
  readonly regex: RegExp | undefined;
  readonly replacement: readonly ReplacementPart[];
  readonly all: boolean;
  readonly print: boolean;
  /** Which match on the line: 1 is the first. */
  readonly nth: number;
  readonly file?: string;
}

/** A text, a group (`&` is 0), or a change of case from here on. */
export type ReplacementPart = string | number | { readonly change: 'L' | 'U' | 'l' | 'u' | 'E' };

/** Parses a script. Throws `Misuse` as GNU sed words it. */
export function parseScript(text: string, extended: boolean): readonly Command[] {
  return new ScriptParser(text, extended).parse();
}

class ScriptParser {
  readonly #text: string;
  readonly #extended: boolean;
  readonly #commands: Command[] = [];
  #at = 0;

  constructor(text: string, extended: boolean) {
    this.#text = text;
    this.#extended = extended;
  }

  parse(): readonly Command[] {
    const open: number[] = [];
    for (;;) {
      this.#skip(/[\s;]/);
      if (this.#at >= this.#text.length) break;
      if (this.#text[this.#at] === '#') {
        this.#rest();
        continue;
      }
      const command = this.#command();
      if (command.name === '}') {
        const start = open.pop();
        const block = this.#commands[start ?? -1];
        if (block === undefined) throw this.#error("unexpected `}'");
        block.target = this.#commands.length;
        continue;
      }
      if (command.name === '{') open.push(this.#commands.length);
      this.#commands.push(command);
    }
    if (open.length > 0) throw this.#error("unmatched `{'", 0);
    this.#resolveLabels();
    return this.#commands;
  }

  #resolveLabels(): void {
    const labels = new Map(
      this.#commands.flatMap(({ name, text }, i) => (name === ':' ? [[text ?? '', i] as const] : [])),
    );
    for (const command of this.#commands) {
      if (!'btT'.includes(command.name) || command.text === undefined || command.text === '') continue;
      const target = labels.get(command.text);
      if (target === undefined) throw new Misuse(`can't find label for jump to \`${command.text}'`, { hint: false });
      command.target = target;
    }
  }

  #error(message: string, at = this.#at): Misuse {
    return new Misuse(`-e expression #1, char ${at}: ${message}`, { status: 1, hint: false });
  }

  #skip(set: RegExp): void {
    while (set.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  #rest(): string {
    const end = this.#text.indexOf('\n', this.#at);
    const rest = this.#text.slice(this.#at, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#text.length : end;
    return rest;
  }

  #command(): Command {
    const from = this.#address();
    let to: Address | undefined;
    if (from !== undefined && this.#text[this.#at] === ',') {
      this.#at++;
      this.#skip(/\s/);
      to = this.#address(true);
      if (to === undefined) throw this.#error("unexpected `,'");
    }
    this.#skip(/\s/);
    let negated = false;
    while (this.#text[this.#at] === '!') {
      negated = true;
      this.#at++;
      this.#skip(/\s/);
    }
    const name = this.#text[this.#at++];
    if (name === undefined) throw this.#error('missing command', this.#at - 1);
    const base = { name, negated, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
    if (name === '}') {
      if (from !== undefined) throw this.#error("} doesn't want any addresses");
      this.#end();
      return base;
    }
    if ('{'.includes(name)) return base;
    if ('=dDgGhHnNpPxFz'.includes(name)) {
      this.#end();
      return base;
    }
    if (name === 'q' || name === 'Q') {
      if (to !== undefined) throw this.#error('command only uses one address');
      this.#skip(/[ \t]/);
      const status = /^\d+/.exec(this.#text.slice(this.#at))?.[0] ?? '';
      this.#at += status.length;
      this.#end();
      return { ...base, status: Number(status) };
    }
    if ('aic'.includes(name)) return { ...base, text: this.#appended() };
    if (name === ':' && from !== undefined) throw this.#error(": doesn't want any addresses");
    if (':btT'.includes(name)) {
      const label = /^[ \t]*([^\s;}]*)/.exec(this.#text.slice(this.#at)) ?? [''];
      this.#at += label[0].length;
      if (name === ':' && !label[1]) throw this.#error('":" lacks a label');
      return { ...base, text: label[1] ?? '' };
    }
    if (name === 'r' || name === 'w') {
      const file = this.#rest().trim();
      if (file === '') throw this.#error('missing filename in r/R/w/W commands');
      return { ...base, text: file };
    }
    if (name === 's') return { ...base, substitute: this.#substitute() };
    if (name === 'y') return { ...base, map: this.#map() };
    throw this.#error(`unknown command: \`${name}'`);
  }

  #address(second = false): Address | undefined {
    const rest = this.#text.slice(this.#at, this.#at + 40);
    const number = /^(\d+)(?:[ \t]*~[ \t]*(\d+))?/.exec(rest);
    if (number !== null) {
      this.#at += number[0].length;
      const line = Number(number[1]);
      if (number[2] !== undefined) return { kind: 'step', first: line, step: Number(number[2]) };
      if (line === 0 && !second && !/^[ \t]*,[ \t]*[/\\]/.test(this.#text.slice(this.#at)))
        throw this.#error('invalid usage of line address 0');
      return { kind: 'line', line };
    }
    const relative = second ? /^([+~])(\d+)/.exec(rest) : null;
    if (relative !== null) {
      this.#at += relative[0].length;
      return { kind: relative[1] === '+' ? 'plus' : 'multiple', count: Number(relative[2]) };
    }
    if (rest.startsWith('$')) {
      this.#at++;
      return { kind: 'last' };
    }
    if (!rest.startsWith('/') && !rest.startsWith('\\')) return undefined;
    if (rest.startsWith('\\')) this.#at++;
    const source = this.#delimited('unterminated address regex');
    const flags = /^[IM]*/.exec(this.#text.slice(this.#at))?.[0] ?? '';
    this.#at += flags.length;
    return { kind: 'regex', regex: this.#regex(source, flags) };
  }

  /** The text between the delimiter at hand and its next one; `\` before the delimiter makes it plain. */
  #delimited(unterminated: string, reuse?: string): string {
    const delimiter = reuse ?? this.#text[this.#at++];
    let text = '';
    let bracket = false;
    for (;;) {
      const c = this.#text[this.#at++];
      if (c === undefined || (c === '\n' && reuse === undefined))
        throw this.#error(unterminated, Math.min(this.#at, this.#text.length + 1) - 1);
      if (c === delimiter && !bracket) return text;
      if (c === '\\') {
        const next = this.#text[this.#at++] ?? '';
        text += next === delimiter && !/[|()+?{}]/.test(next) ? next : `\\${next}`;
        continue;
      }
      if (c === '[' && reuse === undefined) bracket = this.#text.slice(this.#at + 1).includes(']');
      else if (c === ']' && !/\[\^?$/.test(text)) bracket = false;
      text += c;
    }
  }

  #regex(source: string, flags: string): RegExp | undefined {
    if (source === '') return undefined;
    try {
      return posixRegex(source, {
        extended: this.#extended,
        flags: `g${/[Ii]/.test(flags) ? 'i' : ''}${/[Mm]/.test(flags) ? 'm' : ''}`,
      });
    } catch (error) {
      if (error instanceof Misuse) throw this.#error(error.message);
      throw error;
    }
  }

  #substitute(): Substitute {
    const unterminated = "unterminated `s' command";
    const delimiter = this.#text[this.#at];
    const source = this.#delimited(unterminated);
    const replacement = parseReplacement(this.#delimited(unterminated, delimiter));
    const flags = /^(?:[gpiIeMm]|\d+)*/.exec(this.#text.slice(this.#at))?.[0] ?? '';
    this.#at += flags.length;
    if (flags.includes('e')) throw this.#error("the `e' flag is not supported");
    let file: string | undefined;
    if (this.#text[this.#at] === 'w') {
      this.#at++;
      file = this.#rest().trim();
    } else this.#end("unknown option to `s'");
    const nth = Number(/\d+/.exec(flags)?.[0] ?? 1);
    if (nth === 0) throw this.#error("number option to `s' command may not be zero");
    const regex = this.#regex(source, flags);
    const groups = regex === undefined ? 9 : (new RegExp(`${regex.source}|`).exec('')?.length ?? 1) - 1;
    const bad = replacement.find((part) => typeof part === 'number' && part > groups);
    if (bad !== undefined) throw this.#error(`invalid reference \\${bad} on \`s' command's RHS`);
    return {
      regex,
      replacement,
      all: flags.includes('g'),
      print: flags.includes('p'),
      nth,
      ...(file === undefined ? {} : { file }),
    };
  }

  #map(): ReadonlyMap<string, string> {
    const unterminated = "unterminated `y' command";
    const delimiter = this.#text[this.#at];
    const plain = (text: string) => [
      ...text.replace(/\\(.)/gs, (_, c: string) => (c === 'n' ? '\n' : c === 't' ? '\t' : c)),
    ];
    const from = plain(this.#delimited(unterminated));
    const to = plain(this.#delimited(unterminated, delimiter));
    if (from.length !== to.length) throw this.#error("strings for `y' command are different lengths");
    this.#end();
    return new Map(from.map((c, i) => [c, to[i] as string]));
  }

  /** The text of `a`, `i` and `c`: on the same line (GNU's) or after `\` and a newline; `\` continues it. */
  #appended(): string {
    this.#skip(/[ \t]/);
    if (this.#text[this.#at] === '\\') {
      this.#at++;
      this.#skip(/[ \t]/);
      if (this.#text[this.#at] === '\n') this.#at++;
    }
    if (this.#at >= this.#text.length) throw this.#error("expected \\ after `a', `c' or `i'");
    let text = '';
    for (; this.#at < this.#text.length && this.#text[this.#at] !== '\n'; this.#at++) {
      if (this.#text[this.#at] === '\\') text += this.#text[++this.#at] ?? '';
      else text += this.#text[this.#at];
    }
    return `${text}\n`;
  }

  /** Nothing but the end of the command may follow. */
  #end(message = 'extra characters after command'): void {
    this.#skip(/[ \t]/);
    const c = this.#text[this.#at];
    if (c === undefined || c === '#' || c === '}' || c === ';' || c === '\n') return;
    throw this.#error(message, this.#at + 1);
  }
}

function parseReplacement(text: string): readonly ReplacementPart[] {
  const parts: ReplacementPart[] = [];
  let plain = '';
  const push = (part: ReplacementPart) => {
    if (plain !== '') parts.push(plain);
    plain = '';
    parts.push(part);
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string;
    if (c === '&') push(0);
    else if (c !== '\\') plain += c;
    else {
      const next = text[++i] ?? '\\';
      if (/\d/.test(next)) push(Number(next));
      else if ('LUluE'.includes(next)) push({ change: next as 'L' });
      else plain += next === 'n' ? '\n' : next === 't' ? '\t' : next;
    }
  }
  if (plain !== '') parts.push(plain);
  return parts;
}
