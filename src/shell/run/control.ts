/** How `break`, `continue`, `return` and `exit` leave what they are in. */
export class Control extends Error {
  readonly kind: 'break' | 'continue' | 'return' | 'exit';
  /** Loops still to leave for `break` and `continue`; a status for `return` and `exit`. */
  readonly value: number;

  constructor(kind: Control['kind'], value: number) {
    super(kind);
    this.kind = kind;
    this.value = value;
  }
}

/** Ctrl-C at an interactive shell: the whole command line is given up. */
export class Interrupted extends Error {
  readonly status = 130;

  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}

/** An error that ends a script, and at a prompt the command line. */
export class FatalError extends Error {
  readonly status: number;

  constructor(message: string, status = 1) {
    super(message);
    this.name = 'FatalError';
    this.status = status;
  }
}
