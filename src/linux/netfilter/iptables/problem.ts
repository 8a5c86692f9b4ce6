/** The program and version that messages begin with. */
export const VERSION = '1.8.9 (nf_tables)';

/**
 * Why a command line is refused, in the words of xtables_error. Its status is iptables' own: 2 a wrong parameter (the
 * message goes on with `Try ...`), 3 a version that lacks something, 1 another problem, 4 what the kernel refuses.
 */
export class Problem extends Error {
  readonly status: 1 | 2 | 3 | 4;

  constructor(message: string, status: 1 | 2 | 3 | 4 = 2) {
    super(message);
    this.name = 'Problem';
    this.status = status;
  }
}

/** A word where none belongs: said without the program's name before it. */
export class BadArgument extends Problem {}

/** What can't be done with the tables as they are: `iptables: Chain already exists.` */
export class Refusal extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Refusal';
  }
}

/** iptables' own words for what its operations fail with (nft_strerror). */
export const refusals = {
  noChain: 'No chain/target/match by that name',
  badRule: 'Bad rule (does a matching rule exist in that chain?)',
  chainExists: 'Chain already exists',
  fileExists: 'File exists',
  index: 'Index of insertion too big',
  badPolicy: 'Bad policy name',
  notBuiltin: 'Bad built-in chain name',
} as const;

/** What xtables_error says of a problem. `line`: of a restore's file. */
export function problemText(error: Problem, program: string, line?: number): string {
  const where = line === undefined ? '' : `Error occurred at line: ${line}\n`;
  const hint = `${where}Try \`${program} -h' or '${program} --help' for more information.\n`;
  if (error instanceof BadArgument) return `${error.message === '' ? '' : `${error.message}\n`}${hint}`;
  const text = `${program} v${VERSION}: ${error.message}\n`;
  if (error.status === 2) return text + hint;
  if (error.status === 3) return `${text}${where}Perhaps ${program} or your kernel needs to be upgraded.\n`;
  return text + where;
}
