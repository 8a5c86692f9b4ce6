/** An expansion that can't be done (`${x:?}`, division by zero): bash gives the command up, a script ends. */
export class ExpansionError extends Error {
  /** The status that a script ends with. */
  readonly status: number;

  constructor(message: string, status = 1) {
    super(message);
    this.name = 'ExpansionError';
    this.status = status;
  }
}
