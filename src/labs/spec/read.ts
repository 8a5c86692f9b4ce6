import { nearest } from './nearest.ts';
import type { Position, Problem } from './problem.ts';
import type {
  EitherShape,
  FieldTraits,
  MapShape,
  NumberShape,
  RecordShape,
  Shape,
  TextShape,
  VariantShape,
} from './shape.ts';
import { inWords, type Located, plain } from './yaml.ts';

/** A value that was read by its shape, what was wrong with it, and where each of its fields stands. */
export interface Reading<T> {
  /** Absent when anything was wrong. */
  readonly value?: T;
  readonly problems: readonly Problem[];
  /** The place of a field (`steps[0].id`), or of the nearest one around it. */
  at(field: string): Position;
}

/**
 * Reads what `located` holds as `shape` describes it; the value is then a `Value<typeof shape>`. Every problem is
 * found, not only the first.
 */
export function read(file: string, located: Located, shape: Shape): Reading<unknown> {
  const problems: Problem[] = [];
  const places = new Map<string, Position>([['', located.at]]);
  const reader = new Reader(file, problems, places);
  const value = reader.value(located, shape, '');
  return {
    ...(problems.length === 0 ? { value } : {}),
    problems,
    at: (field) => {
      for (let path = field; path !== ''; path = path.replace(/(^|\.)[^.[]+$|\[\d+\]$/, '')) {
        const place = places.get(path);
        if (place !== undefined) return place;
      }
      return places.get('') ?? { line: 1, column: 1 };
    },
  };
}

type Wrong = Pick<Problem, 'message' | 'found' | 'expected'> & { nearest?: string | undefined };

class Reader {
  readonly #file: string;
  readonly #problems: Problem[];
  readonly #places: Map<string, Position>;

  constructor(file: string, problems: Problem[], places: Map<string, Position>) {
    this.#file = file;
    this.#problems = problems;
    this.#places = places;
  }

  /** `owner` is where the key stands that holds the value, if a key does. */
  value(located: Located, shape: Shape, field: string, owner = located.at): unknown {
    this.#places.set(field, located.at);
    switch (shape.type) {
      case 'text':
        return this.#text(located, shape, field);
      case 'number':
        return this.#number(located, shape, field);
      case 'flag': {
        const fits = located.kind === 'scalar' && typeof located.value === 'boolean';
        const allowed = fits && (shape.only === undefined || located.value === true);
        if (!allowed) this.#wrongType(located, field, shape.only ? '`true`, or no such field' : '`true` or `false`');
        return located.kind === 'scalar' ? located.value : undefined;
      }
      case 'list': {
        if (located.kind !== 'list') return this.#wrongType(located, field, 'a list');
        const { length } = located.items;
        if (shape.min !== undefined && length < shape.min) {
          const least = `at least ${shape.min}`;
          this.#problem(located.at, field, { message: 'there are too few', found: String(length), expected: least });
        }
        return located.items.map((item, i) => this.value(item, shape.of, `${field}[${i}]`));
      }
      case 'record':
        return this.#record(located, shape, field, owner);
      case 'map':
        return this.#map(located, shape, field);
      case 'variant':
        return this.#variant(located, shape, field, owner);
      case 'either':
        return this.#either(located, shape, field, owner);
      case 'object':
        if (located.kind !== 'map') return this.#wrongType(located, field, 'a map');
        this.#note(located, field);
        return plain(located);
    }
  }

  #text(located: Located, shape: TextShape, field: string): unknown {
    if (located.kind !== 'scalar' || typeof located.value !== 'string') {
      const quoted = located.kind === 'scalar' && located.value !== null ? `: write it in quotes` : '';
      return this.#wrongType(located, field, `a text${quoted}`);
    }
    const text = located.value;
    if (shape.oneOf !== undefined && !shape.oneOf.includes(text)) {
      this.#problem(located.at, field, {
        message: 'no such word here',
        found: JSON.stringify(text),
        expected: shape.oneOf.map((word) => `"${word}"`).join(' or '),
        nearest: nearest(text, shape.oneOf),
      });
    }
    if (text.trim() === '') this.#problem(located.at, field, { message: 'this is empty', expected: 'a text' });
    else if (shape.pattern !== undefined && !new RegExp(`^(?:${shape.pattern.matches})$`, 'u').test(text)) {
      const { means } = shape.pattern;
      this.#problem(located.at, field, { message: 'not written right', found: JSON.stringify(text), expected: means });
    }
    return text;
  }

  #number(located: Located, shape: NumberShape, field: string): unknown {
    const value = located.kind === 'scalar' ? located.value : undefined;
    const fits = typeof value === 'number' && Number.isInteger(value) && value >= shape.min && value <= shape.max;
    if (!fits) this.#wrongType(located, field, `a whole number from ${shape.min} to ${shape.max}`);
    return value;
  }

  #record(located: Located, shape: RecordShape, field: string, owner: Position): unknown {
    if (located.kind !== 'map') {
      return this.#wrongType(located, field, `a map with ${listWords(Object.keys(shape.fields))}`);
    }
    const value: Record<string, unknown> = {};
    // What is misspelt is not missing too.
    const seen = new Set<string | undefined>();
    for (const entry of located.entries) {
      const known = Object.hasOwn(shape.fields, entry.key) ? shape.fields[entry.key] : undefined;
      const path = join(field, entry.key);
      seen.add(entry.key);
      if (known !== undefined) value[entry.key] = this.value(entry.value, known, path, entry.keyAt);
      else seen.add(this.#unknownKey(entry.keyAt, path, entry.key, Object.keys(shape.fields)));
    }
    for (const [name, known] of Object.entries<Shape & FieldTraits>(shape.fields)) {
      if (seen.has(name)) continue;
      if (known.default !== undefined) value[name] = known.default;
      if (known.required) {
        const where = field === '' ? 'at the top of the file' : `in ${field}`;
        const about = known.about.replace(/\.$/, '');
        this.#problem(owner, join(field, name), { message: `"${name}" is missing ${where} (${about})` });
      }
    }
    return value;
  }

  #map(located: Located, shape: MapShape, field: string): unknown {
    if (located.kind !== 'map') return this.#wrongType(located, field, 'a map');
    const key = new RegExp(`^(?:${shape.key.matches})$`, 'u');
    return Object.fromEntries(
      located.entries.map((entry) => {
        const path = join(field, entry.key);
        if (!key.test(entry.key)) {
          const found = JSON.stringify(entry.key);
          this.#problem(entry.keyAt, path, { message: 'no name for this', found, expected: shape.key.means });
        }
        return [entry.key, this.value(entry.value, shape.of, path)];
      }),
    );
  }

  #variant(located: Located, shape: VariantShape, field: string, owner: Position): unknown {
    const kinds = Object.keys(shape.variants);
    const expected = `one of ${listWords(kinds)}`;
    if (located.kind !== 'map') return this.#wrongType(located, field, `a map with ${expected}`);
    const present = located.entries.filter(({ key }) => kinds.includes(key));
    const [first, second] = present;
    if (second !== undefined) {
      this.#problem(second.keyAt, join(field, second.key), { message: 'two kinds in one', expected });
      return undefined;
    }
    const variant = first && shape.variants[first.key];
    if (variant !== undefined) return this.#record(located, variant, field, owner);
    const siblings = Object.values(shape.variants).flatMap((record) => Object.keys(record.fields));
    const odd = located.entries.find(({ key }) => !siblings.includes(key));
    this.#problem(odd?.keyAt ?? located.at, odd ? join(field, odd.key) : field, {
      message: 'no such kind',
      found: odd ? `"${odd.key}"` : listWords(located.entries.map(({ key }) => key)),
      expected,
      nearest: odd ? nearest(odd.key, kinds) : undefined,
    });
    return undefined;
  }

  #either(located: Located, shape: EitherShape, field: string, owner: Position): unknown {
    if (located.kind === 'list' && shape.list) return this.value(located, shape.list, field);
    if (located.kind === 'map' && shape.record) return this.value(located, shape.record, field, owner);
    if (shape.text) return this.value(located, shape.text, field);
    return this.#wrongType(located, field, 'another kind of value');
  }

  /** Notes the places inside a free object, so that later rules can point into it. */
  #note(located: Located, field: string): void {
    this.#places.set(field, located.at);
    if (located.kind === 'map') {
      for (const { key, keyAt, value } of located.entries) {
        this.#places.set(keyPlace(join(field, key)), keyAt);
        this.#note(value, join(field, key));
      }
    }
    if (located.kind === 'list') for (const [i, item] of located.items.entries()) this.#note(item, `${field}[${i}]`);
  }

  #unknownKey(at: Position, field: string, key: string, known: readonly string[]): string | undefined {
    const meant = nearest(key, known);
    const expected = meant === undefined ? { expected: `one of ${listWords(known)}` } : {};
    this.#problem(at, field, { message: `there is no field "${key}" here`, ...expected, nearest: meant });
    return meant;
  }

  #wrongType(located: Located, field: string, expected: string): undefined {
    this.#problem(located.at, field, { message: 'this is of the wrong type', found: inWords(located), expected });
  }

  #problem(at: Position, field: string, { nearest: meant, ...wrong }: Wrong): void {
    this.#problems.push({
      file: this.#file,
      ...at,
      field,
      ...wrong,
      ...(meant === undefined ? {} : { nearest: meant }),
    });
  }
}

/** Under which name the place of a free object's key is kept, beside that of its value. */
export function keyPlace(field: string): string {
  return `${field}:`;
}

function join(field: string, key: string): string {
  return field === '' ? key : `${field}.${key}`;
}

function listWords(words: readonly string[]): string {
  return words.map((word) => `"${word}"`).join(', ');
}

/** A value that was read, with its places again. */
export function locate(value: unknown, at: (field: string) => Position, field: string): Located {
  if (Array.isArray(value)) {
    return { kind: 'list', items: value.map((item, i) => locate(item, at, `${field}[${i}]`)), at: at(field) };
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => {
      const path = `${field}.${key}`;
      return { key, keyAt: at(keyPlace(path)), value: locate(item, at, path) };
    });
    return { kind: 'map', entries, at: at(field) };
  }
  return { kind: 'scalar', value: value as string | number | boolean | null, at: at(field) };
}
