/** A stretch of an expanded word. `break`: here one field ends and the next begins, as in `"$@"`. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean; readonly split: boolean }
  | { readonly kind: 'break' };

export interface FieldPart {
  readonly text: string;
  readonly quoted: boolean;
}
export type Field = readonly FieldPart[];

/** Field splitting (POSIX.1-2024, XCU 2.6.5): only what came from unquoted expansions is split, at the characters of IFS. */
export function splitFields(pieces: readonly Piece[], ifs: string): readonly Field[] {
  const fields: Field[] = [];
  let current: FieldPart[] | undefined;
  const end = () => {
    if (current !== undefined) fields.push(current);
    current = undefined;
  };
  const add = (text: string, quoted: boolean) => {
    current ??= [];
    current.push({ text, quoted });
  };
  const blanks = [...ifs].filter((c) => ' \t\n'.includes(c)).join('');
  for (const piece of pieces) {
    if (piece.kind === 'break') end();
    else if (!piece.split) {
      if (piece.text !== '' || piece.quoted) add(piece.text, piece.quoted);
    } else {
      const { text } = piece;
      for (let i = 0; i < text.length; ) {
        let at = i;
        while (at < text.length && !ifs.includes(text[at] as string)) at++;
        if (at > i) add(text.slice(i, at), false);
        if (at >= text.length) break;
        let hard = false;
        while (at < text.length && blanks.includes(text[at] as string)) at++;
        if (at < text.length && ifs.includes(text[at] as string)) {
          hard = true;
          at++;
          while (at < text.length && blanks.includes(text[at] as string)) at++;
        }
        if (hard) current ??= [];
        end();
        i = at;
      }
    }
  }
  end();
  return fields;
}

/** The pieces as one text, for places that don't split (an assignment, a redirection's here-document). */
export function joinPieces(pieces: readonly Piece[], separator = ' '): string {
  return pieces.map((piece) => (piece.kind === 'break' ? separator : piece.text)).join('');
}
