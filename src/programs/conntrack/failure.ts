export const TITLE = 'conntrack v1.4.7 (conntrack-tools)';

/** Ends `conntrack` with a message and a status: 2 for a wrong call, which is told where help is, 1 for what failed. */
export class ConntrackFailure extends Error {
  readonly status: 1 | 2;

  constructor(message: string, status: 1 | 2 = 2) {
    super(message);
    this.name = 'ConntrackFailure';
    this.status = status;
  }

  get text(): string {
    const help = "Try `conntrack -h' or 'conntrack --help' for more information.\n";
    return `${TITLE}: ${this.message}\n${this.status === 2 ? help : ''}`;
  }
}

/** For what the real tool knows and this one doesn't. */
export function notModelled(what: string): ConntrackFailure {
  return new ConntrackFailure(`${what} is not modelled in this simulation`);
}
