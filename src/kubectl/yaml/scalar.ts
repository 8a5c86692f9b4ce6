/** Which styles a string may be written in so that a YAML 1.1 reader gives the same string back. */

const special = /[^\n\x20-\x7e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/u;

/** Styles that the text's characters allow; whether it would be read as another type is `resolvesToText`. */
export function analyse(text: string): { plain: boolean; single: boolean; literal: boolean } {
  const awkward = special.test(text) || / \n/.test(text);
  const edges = /^[ \n]|[ \n]$/.test(text);
  return {
    plain: text !== '' && !awkward && !edges && !text.includes('\n') && !looksLikeSyntax(text),
    single: !awkward && !/\n /.test(text),
    literal: !awkward && !text.endsWith(' '),
  };
}

function looksLikeSyntax(text: string): boolean {
  return (
    /^[#,[\]{}&*!|>'"%@`]/.test(text) ||
    /^[?:-](\s|$)/.test(text) ||
    /^(---|\.\.\.)/.test(text) ||
    /:(\s|$)/.test(text) ||
    /\s#/.test(text)
  );
}

const words = new Set(
  ['', '~', 'null', 'y', 'yes', 'on', 'n', 'no', 'off', 'true', 'false', '.inf', '+.inf', '-.inf', '.nan'].flatMap(
    (word) => [word, word.toUpperCase(), word.replace(/[a-z]/, (letter) => letter.toUpperCase())],
  ),
);
words.add('.NaN');

/** Not null, a truth value, a number, a date or a base-60 number of YAML 1.1. */
export function resolvesToText(text: string): boolean {
  if (words.has(text)) return false;
  if (/^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$/.test(text)) return false;
  if (/^\d{4}-\d{1,2}-\d{1,2}([Tt ]\s*\d{1,2}:\d{1,2}:\d{1,2}(\.\d*)?\s*(Z|[-+]\d{1,2}(:?\d{2})?)?)?$/.test(text))
    return false;
  if (!/^[-+.0-9]/.test(text)) return true;
  const digits = text.replaceAll('_', '');
  return !(
    /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(digits) ||
    /^[-+]?0([xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)$/.test(digits)
  );
}
