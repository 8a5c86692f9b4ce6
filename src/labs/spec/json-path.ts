import { JsonPathError, type Part, parseTemplate, type Step } from '../../kubectl/jsonpath/parse.ts';
import type { Schema, Type } from '../../kubernetes/schema/schema.ts';
import type { FieldOf } from './field.ts';
import { nearest } from './nearest.ts';

export interface PathProblem {
  readonly message: string;
  readonly nearest?: string | undefined;
}

/** What a step leads to; undefined where the API's description doesn't tell. */
type Reached = Type | { readonly is: 'listOf'; readonly of: Type } | undefined;

/** The first thing wrong with a JSONPath, by what the API says of the kind; undefined where nothing is. */
export function pathProblem({ path, query }: FieldOf, schema: Schema): PathProblem | undefined {
  const slash = query.apiVersion.indexOf('/');
  const type = schema.kind(
    query.apiVersion.slice(0, Math.max(slash, 0)),
    query.apiVersion.slice(slash + 1),
    query.kind,
  );
  if (type === undefined) return undefined;
  const root: Reached = query.name === undefined ? { is: 'listOf', of: type } : type;
  try {
    partsOf(parseTemplate(path), root, root);
    return undefined;
  } catch (error) {
    if (error instanceof NoSuchField) return { message: error.message, nearest: error.nearest };
    if (error instanceof JsonPathError) return { message: `this is no JSONPath: ${error.message}` };
    throw error;
  }
}

class NoSuchField extends Error {
  readonly nearest: string | undefined;

  constructor(owner: string, field: string, fields: readonly string[]) {
    super(`${owner} has no field "${field}"`);
    this.nearest = nearest(field, fields);
  }
}

function partsOf(parts: readonly Part[], current: Reached, root: Reached): void {
  for (const part of parts) {
    if (part.kind === 'failure') throw new JsonPathError(part.message);
    if (part.kind === 'literal') continue;
    const reached = stepsOf(part.steps, current, root);
    if (part.kind === 'range') partsOf(part.body, reached, root);
  }
}

function stepsOf(steps: readonly Step[], from: Reached, root: Reached): Reached {
  let reached = from;
  for (const step of steps) reached = stepOf(step, reached, root);
  return reached;
}

function stepOf(step: Step, from: Reached, root: Reached): Reached {
  switch (step.kind) {
    case 'root':
      return root;
    case 'field':
      return fieldOf(step.name, from);
    case 'index':
    case 'slice':
      return from?.is === 'list' ? from.of : undefined;
    case 'wildcard':
      return from?.is === 'list' || from?.is === 'map' ? from.of : undefined;
    case 'filter': {
      const item = from?.is === 'list' ? from.of : undefined;
      stepsOf(step.left, item, root);
      stepsOf(step.right, item, root);
      return item;
    }
    case 'union':
      for (const steps of step.of) stepsOf(steps, from, root);
      return undefined;
    default:
      return undefined;
  }
}

function fieldOf(name: string, from: Reached): Reached {
  if (name === '' || from === undefined) return from;
  switch (from.is) {
    case 'listOf':
      if (name === 'items') return { is: 'list', of: from.of };
      if (['apiVersion', 'kind', 'metadata'].includes(name)) return undefined;
      throw new NoSuchField('a list of objects', name, ['items', 'metadata']);
    case 'struct': {
      const field = from.fields.get(name);
      if (field !== undefined) return field.type;
      throw new NoSuchField(from.name.split('.').at(-1) ?? from.name, name, [...from.fields.keys()]);
    }
    case 'map':
      return from.of;
    case 'list':
      throw new NoSuchField('a list', name, []);
    case 'scalar':
      if (from.scalar === 'any') return undefined;
      throw new NoSuchField('a single value', name, []);
  }
}
