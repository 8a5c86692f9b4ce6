import type { Process, Tty } from '../../linux/process/process.ts';
import { textWidth } from '../../linux/tty/width.ts';
import type { Candidate } from '../complete.ts';
import { HistorySearch, HistoryWalk } from './history.ts';
import { type Key, KeyDecoder } from './keys.ts';
import { Line } from './line.ts';
import { Screen } from './screen.ts';

/** What Tab found: the stretch of the line (in characters) that each candidate takes the place of. */
export interface Completion {
  readonly start: number;
  readonly candidates: readonly Candidate[];
  /** The text that stands for a candidate on the line: quoted as it has to be. */
  quote(candidate: Candidate): string;
}

export interface EditorOptions {
  readonly process: Process;
  readonly tty: Tty;
  readonly history: readonly string[];
  complete(before: string): Promise<Completion>;
}

/** How a line ended: with Enter, with Ctrl-D on an empty line, or with Ctrl-C. */
export type Edited =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'end' }
  | { readonly kind: 'interrupt' };

const PASTE_ON = '\x1b[?2004h';
const PASTE_OFF = '\x1b[?2004l';
/** Candidates that are listed; the rest is counted. */
const LIST_LIMIT = 400;
const LINE_LIMIT = 100_000;

/** The line editor of an interactive shell, with readline's keys. Keys typed ahead wait for the next line. */
export class Editor {
  readonly #options: EditorOptions;
  readonly #decoder = new KeyDecoder();
  readonly #utf8 = new TextDecoder();
  readonly #keys: Key[] = [];
  readonly #screen = new Screen();
  #line = new Line();
  #walk: HistoryWalk;
  #search: HistorySearch | undefined;
  #prompt = '';
  #tabs = 0;
  #lastArgument = 0;
  #active = false;

  constructor(options: EditorOptions) {
    this.#options = options;
    this.#walk = new HistoryWalk(options.history);
  }

  /** Reads one line at `prompt`, the terminal being raw meanwhile. Rejects when the process ends. */
  async read(prompt: string): Promise<Edited> {
    const { tty, process, history } = this.#options;
    this.#line = new Line();
    this.#walk = new HistoryWalk(history);
    this.#search = undefined;
    this.#prompt = prompt;
    tty.setMode('raw');
    this.#active = true;
    process.signals.on('WINCH', () => void this.#resized());
    try {
      await this.#write(PASTE_ON + this.#screen.start(prompt, tty.columns));
      for (;;) {
        const key = await this.#next();
        if (key === undefined) return { kind: 'end' };
        const ended = await this.#handle(key);
        if (ended !== undefined) return ended;
      }
    } finally {
      this.#active = false;
      process.signals.on('WINCH', undefined);
      tty.setMode('cooked');
    }
  }

  async #next(): Promise<Key | undefined> {
    while (this.#keys.length === 0) {
      const data = await this.#options.process.stdin.read(this.#options.process.signals.ended);
      if (data === undefined) return undefined;
      this.#keys.push(...this.#decoder.decode(this.#utf8.decode(data, { stream: true })));
    }
    return this.#keys.shift();
  }

  async #handle(key: Key): Promise<Edited | undefined> {
    if (this.#search !== undefined && (await this.#searching(this.#search, key))) return undefined;
    const tabs = this.#tabs;
    this.#tabs = 0;
    if (key.kind !== 'key') {
      if (this.#line.length + key.text.length < LINE_LIMIT) this.#line.insert(key.text.replaceAll('\0', ''));
      await this.#show();
      return undefined;
    }
    if (key.name !== 'alt-.') this.#lastArgument = 0;
    switch (key.name) {
      case 'enter':
      case 'ctrl-j':
      case 'ctrl-m':
        await this.#write(this.#screen.finish() + PASTE_OFF);
        return { kind: 'line', text: this.#line.text };
      case 'ctrl-c':
        await this.#write(`${this.#screen.update(this.#line.text, this.#line.text)}^C\n${PASTE_OFF}`);
        return { kind: 'interrupt' };
      case 'ctrl-d':
        if (this.#line.length > 0) this.#line.key('delete');
        else {
          await this.#write(PASTE_OFF);
          return { kind: 'end' };
        }
        break;
      case 'ctrl-l':
        await this.#write(this.#screen.clear());
        return undefined;
      case 'up':
      case 'ctrl-p':
      case 'down':
      case 'ctrl-n': {
        const line = this.#walk.go(key.name === 'up' || key.name === 'ctrl-p' ? -1 : 1, this.#line.text);
        if (line === undefined) return this.#bell();
        this.#line.set(line);
        break;
      }
      case 'alt-.':
        this.#insertLastArgument();
        break;
      case 'ctrl-r':
        this.#search = new HistorySearch(this.#options.history);
        await this.#showSearch(this.#search);
        return undefined;
      case 'tab':
        this.#tabs = tabs + 1;
        await this.#complete(tabs > 0);
        return undefined;
      default:
        if (!this.#line.key(key.name)) return this.#bell();
    }
    await this.#show();
    return undefined;
  }

  async #bell(): Promise<undefined> {
    await this.#write('\x07');
    return undefined;
  }

  /** @returns whether the search has taken the key; otherwise its line is edited on */
  async #searching(search: HistorySearch, key: Key): Promise<boolean> {
    if (key.kind === 'text') search.type(key.text);
    else if (key.kind === 'key' && key.name === 'ctrl-r') search.older();
    else if (key.kind === 'key' && key.name === 'backspace') search.erase();
    else {
      this.#search = undefined;
      const cancelled = key.kind === 'key' && key.name === 'ctrl-g';
      if (!cancelled && search.found !== '') this.#line.set(search.found);
      await this.#write(this.#screen.change(this.#prompt, this.#line.text, this.#line.before));
      return cancelled || (key.kind === 'key' && key.name === 'escape');
    }
    await this.#showSearch(search);
    return true;
  }

  async #showSearch(search: HistorySearch): Promise<void> {
    const at = search.found.indexOf(search.query);
    await this.#write(this.#screen.change(search.prompt, search.found, search.found.slice(0, Math.max(at, 0))));
  }

  /** Alt-.: the last word of the line before; again: of the one before that. */
  #insertLastArgument(): void {
    const { history } = this.#options;
    const word = (back: number) => history.at(-back)?.trim().split(/\s+/).at(-1) ?? '';
    if (this.#lastArgument >= history.length) return;
    if (this.#lastArgument > 0) {
      this.#line.remove(this.#line.cursor - [...word(this.#lastArgument)].length, false);
    }
    this.#line.insert(word(++this.#lastArgument));
  }

  /** Tab: takes the only candidate, or what all begin with; a second Tab lists them. */
  async #complete(again: boolean): Promise<void> {
    const { before } = this.#line;
    const completion = await this.#options.complete(before);
    const { candidates, start } = completion;
    const [only] = candidates;
    if (only === undefined) return void (await this.#bell());
    const current = before.slice(start);
    const shared = commonStart(candidates.map((candidate) => completion.quote(candidate)));
    const whole = candidates.length === 1 ? shared + (only.open ? '' : ' ') : shared;
    if (candidates.length === 1 || (whole.length > current.length && whole !== current)) {
      this.#line.remove([...before.slice(0, start)].length, false);
      this.#line.insert(whole);
      if (candidates.length > 1) this.#tabs = 1;
      await this.#show();
    } else if (again) await this.#list(candidates.map((candidate) => candidate.label ?? candidate.text));
    else await this.#bell();
  }

  async #list(labels: readonly string[]): Promise<void> {
    const names = labels.slice(0, LIST_LIMIT);
    const columns = this.#options.tty.columns;
    const width = Math.max(...names.map(textWidth)) + 2;
    const perRow = Math.max(1, Math.floor(columns / width));
    const rows = Math.ceil(names.length / perRow);
    let text = this.#screen.finish();
    for (let row = 0; row < rows; row++) {
      const cells = names.filter((_, i) => i % rows === row);
      text += `${cells
        .map((cell) => cell + ' '.repeat(width - textWidth(cell)))
        .join('')
        .trimEnd()}\n`;
    }
    if (labels.length > LIST_LIMIT) text += `... and ${labels.length - LIST_LIMIT} more\n`;
    const { text: line, before } = this.#line;
    await this.#write(text + this.#screen.start(this.#prompt, columns) + this.#screen.update(line, before));
  }

  async #show(): Promise<void> {
    await this.#write(this.#screen.update(this.#line.text, this.#line.before));
  }

  async #resized(): Promise<void> {
    if (!this.#active) return;
    try {
      await this.#write(this.#screen.resize(this.#options.tty.columns));
    } catch {
      // The process has ended meanwhile.
    }
  }

  async #write(text: string): Promise<void> {
    if (text !== '') await this.#options.process.stderr.write(text);
  }
}

function commonStart(texts: readonly string[]): string {
  let [start = ''] = texts;
  for (const text of texts) while (!text.startsWith(start)) start = start.slice(0, -1);
  return start;
}
