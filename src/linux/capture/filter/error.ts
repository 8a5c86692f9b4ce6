/** Why a filter was refused: in libpcap's own words where it has some. */
export class FilterError extends Error {
  /** Where in the text, counted from 0. */
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.name = 'FilterError';
    this.at = at;
  }
}

/** What bison says, which is all that libpcap knows. */
export const SYNTAX_ERROR = "can't parse filter expression: syntax error";
