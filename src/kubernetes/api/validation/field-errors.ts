import { Failure, groupKind, type Named } from '../failure.ts';

interface FieldError {
  readonly reason: string;
  readonly field: string;
  readonly body: string;
}

/** Gathers what is wrong with an object, each with its field's path (`spec.containers[0].image`). */
export class FieldErrors {
  readonly #errors: FieldError[] = [];

  #later: FieldErrors | undefined;

  get count(): number {
    return this.#errors.length + (this.#later?.count ?? 0);
  }

  /** What the server's declarative validation (KEP-5073) finds, after all the rest. */
  get later(): FieldErrors {
    this.#later ??= new FieldErrors();
    return this.#later;
  }

  /** By their texts. */
  sort(): void {
    this.#errors.sort((a, b) => (`${a.field}: ${a.body}` < `${b.field}: ${b.body}` ? -1 : 1));
  }

  /** Takes over what another one found, below `path`. */
  take(others: FieldErrors, path: string): void {
    for (const each of others.#all) {
      const inner = each.field === '<nil>' || path === '';
      const field = inner ? each.field : each.field === '' ? path : `${path}.${each.field}`;
      this.#errors.push({ ...each, field });
    }
  }

  get #all(): readonly FieldError[] {
    return this.#later === undefined ? this.#errors : [...this.#errors, ...this.#later.#errors];
  }

  required(field: string, detail = ''): void {
    this.#add('FieldValueRequired', field, 'Required value', detail);
  }

  invalid(field: string, value: unknown, detail: string): void {
    this.#add('FieldValueInvalid', field, `Invalid value: ${quote(value)}`, detail);
  }

  notSupported(field: string, value: unknown, supported: readonly string[]): void {
    const detail = `supported values: ${supported.map((word) => JSON.stringify(word)).join(', ')}`;
    this.#add('FieldValueNotSupported', field, `Unsupported value: ${quote(value)}`, detail);
  }

  duplicate(field: string, value: unknown): void {
    this.#add('FieldValueDuplicate', field, `Duplicate value: ${quote(value)}`, '');
  }

  notFound(field: string, value: unknown): void {
    this.#add('FieldValueNotFound', field, `Not found: ${quote(value)}`, '');
  }

  forbidden(field: string, detail: string): void {
    this.#add('FieldValueForbidden', field, 'Forbidden', detail);
  }

  tooLong(field: string, limit: number): void {
    this.#add('FieldValueTooLong', field, 'Too long', `may not be more than ${limit} bytes`);
  }

  tooMany(field: string, count: number, limit: number): void {
    const detail = `must have at most ${limit} item${limit === 1 ? '' : 's'}`;
    this.#add('FieldValueTooMany', field, `Too many: ${count}`, detail);
  }

  #add(reason: string, field: string, kind: string, detail: string): void {
    this.#errors.push({ reason, field, body: detail === '' ? kind : `${kind}: ${detail}` });
  }

  /** Throws `The KIND "NAME" is invalid` where anything was found. */
  refuse(named: Named, name: string): void {
    if (this.count === 0) return;
    const lines = [...new Set(this.#all.map(({ field, body }) => `${field}: ${body}`))];
    const text = lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`;
    throw new Failure({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: `${groupKind(named)} "${name}" is invalid: ${text}`,
      reason: 'Invalid',
      details: {
        ...(name !== '' && { name }),
        ...(named.group !== '' && { group: named.group }),
        ...(named.kind !== '' && { kind: named.kind }),
        causes: this.#all.map(({ reason, field, body }) => ({ reason, message: body, field })),
      },
      code: 422,
    });
  }
}

function quote(value: unknown): string {
  return value === undefined ? 'null' : JSON.stringify(value);
}
