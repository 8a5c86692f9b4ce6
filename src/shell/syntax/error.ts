/** The text can't be parsed; `message` is bash's, without its prefix. */
export class ShellSyntaxError extends Error {
  readonly line: number;
  /** More text could make it right: an interactive shell asks for it. */
  readonly incomplete: boolean;
  /** Whether bash shows the offending line below. */
  readonly showLine: boolean;

  constructor(message: string, line: number, options: { incomplete?: boolean; showLine?: boolean } = {}) {
    super(message);
    this.name = 'ShellSyntaxError';
    this.line = line;
    this.incomplete = options.incomplete ?? false;
    this.showLine = options.showLine ?? false;
  }
}
