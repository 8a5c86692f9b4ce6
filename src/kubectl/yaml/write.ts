/**
 * YAML as kubectl prints it (sigs.k8s.io/yaml: JSON turned into YAML 1.1 with sorted keys, two spaces,
 * lists at the indent of their key, lines broken at the first space behind column 80).
 */
import { naturalOrder } from './order.ts';
import { analyse, resolvesToText } from './scalar.ts';

const width = 80;

/** One document, without `---`, ending in a line break. */
export function writeYaml(value: unknown): string {
  const text = block(value, 0);
  return `${text.replace(/^[ \n]/, '')}\n`;
}

/** A value behind `key:` or `-`: what follows on the same line, and the lines below. Begins with a space or a line break. */
function block(value: unknown, indent: number, column = 0, underKey = false): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return ' []';
    const margin = ' '.repeat(underKey ? indent - 2 : indent);
    return value
      .map((item) => `\n${margin}-${dashed(block(item, margin.length + 2, margin.length + 2), margin.length + 2)}`)
      .join('');
  }
  if (typeof value === 'object' && value !== null) {
    const map = value as Readonly<Record<string, unknown>>;
    const keys = Object.keys(map).filter((key) => map[key] !== undefined);
    if (keys.length === 0) return ' {}';
    const margin = ' '.repeat(indent);
    return keys
      .sort(naturalOrder)
      .map((key) => {
        const name = scalar(key, indent, Number.NEGATIVE_INFINITY, false);
        return `\n${margin}${name}:${block(map[key], indent + 2, indent + name.length + 2, true)}`;
      })
      .join('');
  }
  if (typeof value === 'string') return ` ${scalar(value, indent, column, true)}`;
  return ` ${typeof value === 'number' ? number(value) : String(value ?? null)}`;
}

/** A map or list as an item begins on the line of its dash. */
function dashed(text: string, indent: number): string {
  return text.startsWith('\n') ? ` ${text.slice(1 + indent)}` : text;
}

function number(value: number): string {
  const text = String(value);
  // Go writes the exponent with two digits.
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

function scalar(text: string, indent: number, column: number, blocks: boolean): string {
  const can = analyse(text);
  if (text.includes('\n') && blocks && can.literal) return literal(text, indent);
  if (!text.includes('\n') && can.plain && resolvesToText(text)) return plain(text, indent, column);
  if (!text.includes('\n') && can.single && resolvesToText(text)) {
    return `'${plain(text.replaceAll("'", "''"), indent, column + 1)}'`;
  }
  return doubleQuoted(text, indent, column);
}

/** Breaks a line at a lone space once it is longer than 80 columns. */
function plain(text: string, indent: number, column: number): string {
  let out = '';
  let at = column;
  for (let i = 0; i < text.length; i++) {
    const lone = text[i] === ' ' && text[i - 1] !== ' ' && text[i + 1] !== ' ' && i > 0 && i < text.length - 1;
    if (lone && at > width) {
      out += `\n${' '.repeat(indent)}`;
      at = indent;
    } else {
      out += text[i];
      at++;
    }
  }
  return out;
}

function literal(text: string, indent: number): string {
  const hint = text.startsWith(' ') || text.startsWith('\n') ? '2' : '';
  const chomp = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : '';
  const margin = ' '.repeat(indent);
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  const lines = body.split('\n').map((line) => (line === '' ? '' : margin + line));
  return `|${hint}${chomp}\n${lines.join('\n')}`;
}

const short: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\u0007': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\u001b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\u0085': '\\N',
  '\u2028': '\\L',
  '\u2029': '\\P',
};

function doubleQuoted(text: string, indent: number, column: number): string {
  const chars = [...text];
  let out = '"';
  let at = column + 1;
  let spaces = false;
  for (const [i, char] of chars.entries()) {
    if (char === ' ' && !spaces && at > width && i > 0 && i < chars.length - 1) {
      out += `\n${' '.repeat(indent)}${chars[i + 1] === ' ' ? '\\' : ''}`;
      at = indent;
    } else {
      const text = escaped(char);
      out += text;
      at += text.length;
    }
    spaces = char === ' ';
  }
  return `${out}"`;
}

function escaped(char: string): string {
  const known = short[char];
  if (known !== undefined) return known;
  const code = char.codePointAt(0) ?? 0;
  const hex = code.toString(16).toUpperCase();
  if (code > 0xffff) return `\\U${hex.padStart(8, '0')}`;
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return `\\x${hex.padStart(2, '0')}`;
  if (code === 0xfeff) return '\\uFEFF';
  return char;
}
