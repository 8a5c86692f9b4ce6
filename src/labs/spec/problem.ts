/** A place in a file, counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Something wrong in a lab's files, with all that an author needs to mend it. */
export interface Problem extends Position {
  readonly file: string;
  /** `steps[2].checks[0].probe.from`; empty for the file as a whole. */
  readonly field: string;
  /** What is wrong, in one sentence without its end. */
  readonly message: string;
  readonly found?: string;
  readonly expected?: string;
  /** The nearest valid word. */
  readonly nearest?: string;
}

/** `labs/pods/lab.yaml:12:5: steps[1].id: used twice; found "reach", expected a new name`. */
export function formatProblem(problem: Problem): string {
  const where = `${problem.file}:${problem.line}:${problem.column}`;
  const field = problem.field === '' ? '' : `${problem.field}: `;
  const details = [
    problem.found === undefined ? '' : `found ${problem.found}`,
    problem.expected === undefined ? '' : `expected ${problem.expected}`,
  ].filter((part) => part !== '');
  const meant = problem.nearest === undefined ? '' : `; did you mean "${problem.nearest}"?`;
  return `${where}: ${field}${problem.message}${details.length > 0 ? `: ${details.join(', ')}` : ''}${meant}`;
}
