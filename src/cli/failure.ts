/**
 * How commands end.
 * 0 all is well · 1 something is not as it should be (a check that fails, a problem in a lab, no such pod)
 * 2 the command line is wrong · 3 this machine lacks something (docker, kind, a built site)
 * `hop node`, `hop outside` and `hop shell -c` end as the command inside does · 130 Ctrl-C
 */
export const EXIT = { ok: 0, wrong: 1, usage: 2, missing: 3, interrupted: 130 } as const;

/** What went wrong, in a sentence, and what to do next. It is all that a person sees: never a stack trace. */
export class Failure extends Error {
  readonly next: string | undefined;
  readonly code: number;

  constructor(message: string, next?: string, code: number = EXIT.wrong) {
    super(message);
    this.name = 'Failure';
    this.next = next;
    this.code = code;
  }
}
