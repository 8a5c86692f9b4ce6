/** Text that is being read: a file, or the words of the command line. */
export interface Source {
  /** As errors name it (`/dev/stdin`); absent for the command line, whose errors have no place in front. */
  readonly name: string | undefined;
  readonly lines: readonly string[];
}

/** Columns count characters from 1, `to` is the last one that belongs to it. */
export interface Location {
  readonly source: Source;
  readonly line: number;
  readonly from: number;
  readonly to: number;
  /** Where it ends on another line than it began on. */
  readonly lastLine?: number;
}

export function source(name: string | undefined, text: string): Source {
  return { name, lines: text.split('\n') };
}

/** From the start of one to the end of another. */
export function span(first: Location, last: Location): Location {
  const lastLine = last.lastLine ?? last.line;
  return {
    source: first.source,
    line: first.line,
    from: first.from,
    to: last.to,
    ...(lastLine !== first.line && { lastLine }),
  };
}

/** Something that is wrong with a text, or that the kernel has refused, with its place. */
export class NftError extends Error {
  readonly at: Location | undefined;
  /** What else it is about: underlined with tildes. */
  readonly also: Location | undefined;

  constructor(message: string, at: Location | undefined, also?: Location) {
    super(message);
    this.name = 'NftError';
    this.at = at;
    this.also = also;
  }
}

/** The lines that nft prints for an error (src/erec.c): place, message, the line, and marks under the part meant. */
export function describeError({ message, at, also }: NftError): string {
  if (at === undefined) return `${message}\n`;
  const { source } = at;
  const place = source.name === undefined ? '' : `${source.name}:${at.line}:${at.from}-${at.to}: `;
  const line = source.lines[at.line - 1] || source.lines[at.line - 2] || '';
  const marks: string[] = [];
  const end = Math.max(at.to, also?.to ?? 0);
  for (let i = 0; i < end; i++) marks.push(line[i] === '\t' ? '\t' : ' ');
  if (also !== undefined) marks.fill('~', also.from - 1, also.to);
  marks.fill('^', at.from - 1, Math.max(at.to, at.from));
  return `${place}Error: ${message}\n${line}\n${marks.join('')}\n`;
}
