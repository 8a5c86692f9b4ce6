import apps from './apps.generated.json' with { type: 'json' };
import core from './core.generated.json' with { type: 'json' };
import type { CompactField, CompactSchema } from './document.ts';
import extensions from './extensions.generated.json' with { type: 'json' };
import networking from './networking.generated.json' with { type: 'json' };

/** Values without fields of their own. */
export type Scalar =
  | 'string'
  | 'bool'
  | 'int32'
  | 'int64'
  | 'double'
  | 'bytes'
  | 'time'
  | 'microTime'
  | 'quantity'
  | 'intOrString'
  | 'any';

/** What a value may be. Types are compared by identity: the same name gives the same object. */
export type Type =
  | { readonly is: 'scalar'; readonly scalar: Scalar }
  | { readonly is: 'list'; readonly of: Type }
  | { readonly is: 'map'; readonly of: Type }
  | StructType;

export interface StructType {
  readonly is: 'struct';
  /** `core.v1.PodSpec`. */
  readonly name: string;
  readonly required: readonly string[];
  readonly fields: ReadonlyMap<string, Field>;
  /** Server-side apply owns it as one value. */
  readonly atomic: boolean;
}

/** A field with its patch and apply rules; `list` and `keys` are server-side apply's, `mergeKey` and `strategy` strategic merge's. */
export interface Field extends Omit<CompactField, 'type'> {
  readonly name: string;
  readonly type: Type;
  /** A struct or a list that the server always has, be it empty. */
  readonly embedded: boolean;
}

/** The API's description: the types of every kind that the page serves. */
export class Schema {
  readonly #compact: CompactSchema;
  readonly #types = new Map<string, Type>();
  readonly #kinds = new Map<string, string>();

  constructor(compact: CompactSchema) {
    this.#compact = compact;
    for (const [name, { kinds }] of Object.entries(compact.types)) {
      for (const [group, version, kind] of kinds ?? []) this.#kinds.set(`${group}/${version}/${kind}`, name);
    }
  }

  /** The type of a kind; undefined where the page doesn't serve it. */
  kind(group: string, version: string, kind: string): StructType | undefined {
    const name = this.#kinds.get(`${group}/${version}/${kind}`);
    return name === undefined ? undefined : this.struct(name);
  }

  /** The struct of that name. Throws where there is none: the generated data lacks it. */
  struct(name: string): StructType {
    const type = this.#type(name);
    if (type.is !== 'struct') throw new Error(`${name} is no struct`);
    return type;
  }

  #type(name: string): Type {
    const known = this.#types.get(name);
    if (known !== undefined) return known;
    const type = this.#read(name);
    this.#types.set(name, type);
    return type;
  }

  #read(name: string): Type {
    if (name.startsWith('[]')) return { is: 'list', of: this.#type(name.slice(2)) };
    if (name.startsWith('{}')) return { is: 'map', of: this.#type(name.slice(2)) };
    if (!name.includes('.')) return { is: 'scalar', scalar: name as Scalar };
    const compact = this.#compact.types[name];
    if (compact === undefined) throw new Error(`the generated schema has no type ${name}`);
    const fields = new Map<string, Field>();
    const type: StructType = {
      is: 'struct',
      name,
      required: compact.required ?? [],
      fields,
      atomic: compact.atomic ?? false,
    };
    // Types may refer to themselves: they are known before their fields are read.
    this.#types.set(name, type);
    for (const [field, value] of Object.entries(compact.fields ?? {})) {
      const record = typeof value === 'string' ? { type: value } : value;
      const required = type.required.includes(field);
      const embedded = record.type.startsWith('=') || (required && record.type.startsWith('[]'));
      fields.set(field, { ...record, name: field, type: this.#type(record.type.replace(/^=/, '')), embedded });
    }
    return type;
  }
}

/** The description of the release that `version.ts` names, as committed. */
export function builtinSchema(): Schema {
  const files = [core, apps, networking, extensions] as unknown as readonly CompactSchema[];
  return new Schema({ types: Object.assign({}, ...files.map(({ types }) => types)) });
}
