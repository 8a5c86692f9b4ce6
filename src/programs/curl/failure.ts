/** Ends a transfer with curl's exit status and words. */
export class CurlFailure extends Error {
  readonly code: number;
  /** Whether a connection was there, or had been tried. */
  readonly tried: boolean;

  constructor(code: number, message: string, tried = true) {
    super(message);
    this.name = 'CurlFailure';
    this.code = code;
    this.tried = tried;
  }
}
