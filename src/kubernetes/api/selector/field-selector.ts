import { badRequest } from '../failure.ts';

interface Requirement {
  readonly field: string;
  readonly equal: boolean;
  readonly value: string;
}

/** A parsed field selector (`metadata.name=a,status.phase!=Running`). */
export class FieldSelector {
  readonly #requirements: readonly Requirement[];

  constructor(requirements: readonly Requirement[]) {
    this.#requirements = requirements;
  }

  get everything(): boolean {
    return this.#requirements.length === 0;
  }

  /** The value that `field` must have, where one is asked for. */
  exact(field: string): string | undefined {
    return this.#requirements.find((requirement) => requirement.field === field && requirement.equal)?.value;
  }

  /** `fields` are the selectable fields' values, empty text where unset. */
  matches(fields: Readonly<Record<string, string>>): boolean {
    return this.#requirements.every(({ field, equal, value }) => ((fields[field] ?? '') === value) === equal);
  }
}

/** Throws a BadRequest `Failure` on a form or field that the server doesn't know. */
export function parseFieldSelector(source: string, known: ReadonlySet<string>): FieldSelector {
  const requirements: Requirement[] = [];
  for (const term of source.split(',')) {
    if (term === '') continue;
    const parts = /^(.*?)(==|!=|=)(.*)$/.exec(term);
    if (parts === null) throw badRequest(`invalid selector: '${source}'; can't understand '${term}'`);
    const [, field = '', operator, value = ''] = parts;
    if (!known.has(field)) throw badRequest(`field label not supported: ${field}`);
    requirements.push({ field, equal: operator !== '!=', value });
  }
  return new FieldSelector(requirements);
}
