/** A key, or a run of text that was typed or pasted. */
export type Key =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'paste'; readonly text: string }
  | { readonly kind: 'key'; readonly name: string };

/** Escape sequences (without the escape) of the keys that the editor knows; xterm's and the console's. */
const SEQUENCES: Readonly<Record<string, string>> = {
  '[A': 'up',
  '[B': 'down',
  '[C': 'right',
  '[D': 'left',
  OA: 'up',
  OB: 'down',
  OC: 'right',
  OD: 'left',
  '[H': 'home',
  '[F': 'end',
  OH: 'home',
  OF: 'end',
  '[1~': 'home',
  '[7~': 'home',
  '[4~': 'end',
  '[8~': 'end',
  '[3~': 'delete',
  '[5~': 'page-up',
  '[6~': 'page-down',
  '[1;5C': 'word-right',
  '[1;5D': 'word-left',
  '[1;3C': 'word-right',
  '[1;3D': 'word-left',
  '[5C': 'word-right',
  '[5D': 'word-left',
  '[3;5~': 'alt-d',
};
const PASTE_START = '[200~';
const PASTE_END = '\x1b[201~';

/** Turns what a terminal sends into keys; a sequence may come in pieces. */
export class KeyDecoder {
  #pending = '';

  /** The keys in `input`; an unfinished escape sequence is kept for the next call. */
  decode(input: string): Key[] {
    const keys: Key[] = [];
    let text = this.#pending + input;
    this.#pending = '';
    let plain = '';
    const flush = () => {
      if (plain !== '') keys.push({ kind: 'text', text: plain });
      plain = '';
    };
    while (text !== '') {
      if (text[0] === '\x1b') {
        flush();
        const key = this.#escape(text);
        if (key === undefined) {
          this.#pending = text;
          break;
        }
        if (key.key !== undefined) keys.push(key.key);
        text = text.slice(key.length);
        continue;
      }
      const [c = ''] = text;
      text = text.slice(c.length);
      const name = controlName(c);
      if (name === undefined) plain += c;
      else {
        flush();
        keys.push({ kind: 'key', name });
      }
    }
    flush();
    return keys;
  }

  #escape(text: string): { readonly key: Key | undefined; readonly length: number } | undefined {
    if (text.length === 1) return undefined;
    if (text.startsWith(PASTE_START, 1)) {
      const end = text.indexOf(PASTE_END);
      if (end < 0) return undefined;
      const pasted = text.slice(1 + PASTE_START.length, end).replace(/\r\n?/g, '\n');
      return { key: { kind: 'paste', text: pasted }, length: end + PASTE_END.length };
    }
    const sequence = /^\x1b(\[[0-9;?]*[ -/]*[@-~]|O[A-Za-z])/.exec(text);
    if (sequence !== null) {
      const name = SEQUENCES[sequence[1] as string];
      return { key: name === undefined ? undefined : { kind: 'key', name }, length: sequence[0].length };
    }
    if (/^\x1b(\[[0-9;?]*[ -/]*|O)$/.test(text)) return undefined;
    const [, c = ''] = text;
    if (c === '\x1b') return { key: { kind: 'key', name: 'escape' }, length: 1 };
    const name = c === '\x7f' || c === '\b' ? 'alt-backspace' : `alt-${c.toLowerCase()}`;
    return { key: { kind: 'key', name }, length: 1 + c.length };
  }
}

function controlName(c: string): string | undefined {
  if (c === '\r' || c === '\n') return 'enter';
  if (c === '\t') return 'tab';
  if (c === '\x7f' || c === '\b') return 'backspace';
  if (c < ' ') return `ctrl-${String.fromCharCode(c.charCodeAt(0) + 96)}`;
  return undefined;
}
