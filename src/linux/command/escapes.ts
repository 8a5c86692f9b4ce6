const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

/**
 * Decodes backslash escapes. `echo` (for `echo -e` and `%b`): octal is `\0nnn`, `\c` ends all output (`stop`).
 * `printf`: octal is `\nnn`. `ansi` (for `$'...'`): also quotes and `\cX`.
 */
export function decodeEscapes(
  text: string,
  dialect: 'echo' | 'printf' | 'ansi',
): { readonly text: string; readonly stop: boolean } {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string;
    if (c !== '\\' || i === text.length - 1) {
      out += c;
      continue;
    }
    const next = text[i + 1] as string;
    const rest = text.slice(i + 1, i + 12);
    const octal = (dialect === 'echo' ? /^0[0-7]{0,3}/ : /^[0-7]{1,3}/).exec(rest)?.[0];
    const hex = /^x[0-9a-fA-F]{1,2}/.exec(rest)?.[0];
    const unicode = (/^u[0-9a-fA-F]{1,4}/.exec(rest) ?? /^U[0-9a-fA-F]{1,8}/.exec(rest))?.[0];
    if (octal !== undefined) {
      out += String.fromCharCode(Number.parseInt(octal, 8) & 255);
      i += octal.length;
    } else if (hex !== undefined) {
      out += String.fromCharCode(Number.parseInt(hex.slice(1), 16));
      i += hex.length;
    } else if (unicode !== undefined) {
      const code = Number.parseInt(unicode.slice(1), 16);
      out += code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
      i += unicode.length;
    } else if (next === 'c' && dialect === 'echo') return { text: out, stop: true };
    else if (next === 'c' && dialect === 'ansi' && rest.length > 1) {
      out += String.fromCharCode(rest.charCodeAt(1) & 31);
      i += 2;
    } else if (SIMPLE[next] !== undefined) {
      out += SIMPLE[next];
      i++;
    } else if ((next === '"' || next === "'" || next === '?') && dialect !== 'echo') {
      out += next;
      i++;
    } else out += c;
  }
  return { text: out, stop: false };
}
