/** The parts of an OpenAPI v3 document that the API server serves under `/openapi/v3` and that are kept. */
export interface OpenApiDocument {
  readonly components: { readonly schemas: Readonly<Record<string, OpenApiSchema>> };
}

export interface OpenApiSchema {
  readonly type?: string;
  readonly format?: string;
  readonly $ref?: string;
  readonly allOf?: readonly OpenApiSchema[];
  readonly oneOf?: readonly OpenApiSchema[];
  readonly items?: OpenApiSchema;
  readonly properties?: Readonly<Record<string, OpenApiSchema>>;
  readonly additionalProperties?: OpenApiSchema | boolean;
  readonly required?: readonly string[];
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly 'x-kubernetes-patch-merge-key'?: string;
  readonly 'x-kubernetes-patch-strategy'?: string;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: string;
  readonly 'x-kubernetes-group-version-kind'?: readonly {
    readonly group: string;
    readonly version: string;
    readonly kind: string;
  }[];
}

/**
 * A type in the generated files. A field is a type's name, or a record where there is more to say.
 * Names: `string bool int32 int64 double bytes time microTime quantity intOrString any`, a defined
 * type (`core.v1.Container`), `=T` a struct that is there even when empty (in Go, a value and no pointer),
 * `[]T` a list of T, `{}T` a map from text to T.
 */
export interface CompactType {
  /** [group, version, kind], where the type is one that the API serves. */
  readonly kinds?: readonly (readonly [string, string, string])[];
  readonly required?: readonly string[];
  readonly fields?: Readonly<Record<string, string | CompactField>>;
  /** Server-side apply owns it as one value. */
  readonly atomic?: true;
}

export interface CompactField {
  readonly type: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  /** x-kubernetes-list-type: `map`, `set` or `atomic`. */
  readonly list?: string;
  /** x-kubernetes-list-map-keys. */
  readonly keys?: readonly string[];
  /** x-kubernetes-patch-merge-key. */
  readonly mergeKey?: string;
  /** x-kubernetes-patch-strategy: `merge`, `replace`, `retainKeys`, `merge,retainKeys`. */
  readonly strategy?: string;
  /** x-kubernetes-map-type: atomic. */
  readonly atomic?: true;
}

export interface CompactSchema {
  readonly types: Readonly<Record<string, CompactType>>;
}
