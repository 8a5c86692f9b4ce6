import { labShape } from './schema.ts';
import type { FieldTraits, Shape } from './shape.ts';

/** One row of the lab author's reference. */
export interface ReferenceRow {
  /** `steps[].checks[].probe.from` */
  readonly field: string;
  /** In words: `text`, `list of text`, `"page" or "kind"`. */
  readonly type: string;
  readonly required: boolean;
  readonly default?: string;
  readonly about: string;
  readonly example?: string;
}

/** Every field of `lab.yaml`, in the order of the schema. */
export function referenceRows(): readonly ReferenceRow[] {
  return [...rowsOf(labShape, '')];
}

/** The reference as a Markdown table. */
export function referenceMarkdown(): string {
  const cell = (text: string) => text.replaceAll('|', '\\|');
  const rows = referenceRows().map(({ field, type, required, about, example, ...row }) => {
    const more = [
      row.default === undefined ? '' : ` Without it: \`${row.default}\`.`,
      example === undefined ? '' : ` Such as \`${example}\`.`,
    ];
    return `| \`${field}\` | ${cell(type)} | ${required ? 'yes' : ''} | ${cell(about + more.join(''))} |`;
  });
  return ['| Field | Type | Required | Meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function* rowsOf(shape: Shape, path: string): Generator<ReferenceRow> {
  switch (shape.type) {
    case 'record':
      for (const [name, field] of Object.entries<Shape & FieldTraits>(shape.fields)) {
        yield* rowAndBelow(field, path === '' ? name : `${path}.${name}`);
      }
      break;
    case 'list':
      yield* rowsOf(shape.of, `${path}[]`);
      break;
    case 'map':
      yield* rowsOf(shape.of, `${path}.NAME`);
      break;
    case 'variant': {
      // Fields that every kind has (`because`) are told once.
      const told = new Set<string>();
      for (const variant of Object.values(shape.variants)) {
        for (const [name, field] of Object.entries<Shape & FieldTraits>(variant.fields)) {
          if (!told.has(name)) yield* rowAndBelow(field, `${path}.${name}`);
          told.add(name);
        }
      }
      break;
    }
    case 'either':
      if (shape.record) yield* rowsOf(shape.record, path);
      break;
  }
}

function* rowAndBelow(field: Shape & FieldTraits, path: string): Generator<ReferenceRow> {
  yield {
    field: path,
    type: typeInWords(field),
    required: field.required ?? false,
    ...(field.default === undefined ? {} : { default: JSON.stringify(field.default) }),
    about: field.about,
    ...(field.example === undefined ? {} : { example: field.example }),
  };
  yield* rowsOf(field, path);
}

function typeInWords(shape: Shape): string {
  switch (shape.type) {
    case 'text':
      return shape.oneOf ? shape.oneOf.map((word) => `\`${word}\``).join(' or ') : 'text';
    case 'number':
      return `${shape.min} to ${shape.max}`;
    case 'flag':
      return shape.only ? '`true`' : '`true` or `false`';
    case 'list':
      return `list of ${typeInWords(shape.of)}`;
    case 'record':
    case 'object':
      return 'map';
    case 'map':
      return `map of ${typeInWords(shape.of)}`;
    case 'variant':
      return Object.keys(shape.variants)
        .map((word) => `\`${word}\``)
        .join(' or ');
    case 'either':
      return [shape.text, shape.list, shape.record].flatMap((way) => (way ? [typeInWords(way)] : [])).join(' or ');
  }
}
