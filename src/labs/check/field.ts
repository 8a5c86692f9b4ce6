import { JsonPath } from '../../kubectl/jsonpath/jsonpath.ts';
import { type FieldOf, parseField } from '../spec/field.ts';
import { fillIn } from '../spec/text.ts';
import type { ObjectQuery } from '../target.ts';
import type { CheckContext } from './outcome.ts';

/** Reads `{.status.podIP} of pod/web`, whose names are filled in first. Throws where it has not that form. */
export function fieldOf(text: string, context: Pick<CheckContext, 'cluster' | 'variables'>): FieldOf {
  const parsed = parseField(fillIn(text, context.variables));
  if ('expected' in parsed) throw new Error(`"${text}" is no field of an object: expected ${parsed.expected}`);
  const { path, query } = parsed;
  const role = query.kind === 'Node' && query.name !== undefined && !query.name.startsWith(`${context.cluster}-`);
  return role ? { path, query: { ...query, name: `${context.cluster}-${query.name}` } } : parsed;
}

/** The field's values, as text; none where object or field is not there. */
export async function lookUp(text: string, context: CheckContext): Promise<readonly string[]> {
  const { path, query } = fieldOf(text, context);
  const objects = await context.target.get(query, context.signal);
  const [first] = objects;
  if (query.name !== undefined && first === undefined) return [];
  const root = query.name === undefined ? { kind: 'List', apiVersion: 'v1', items: objects } : first;
  let values: readonly unknown[];
  try {
    values = new JsonPath(path).find(root);
  } catch {
    // An index beyond the end: the object is not that far yet.
    return [];
  }
  return values
    .filter((value) => value !== undefined && value !== null && value !== '')
    .map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
}

/** `kubectl get pod web -n shop`: the command that shows what a query finds. */
export function kubectlGet(query: ObjectQuery): string {
  const namespace = query.namespace === undefined || query.namespace === 'default' ? '' : ` -n ${query.namespace}`;
  const selector = query.labelSelector === undefined ? '' : ` -l ${query.labelSelector}`;
  const kind = query.kind.toLowerCase();
  return query.name === undefined
    ? `kubectl get ${kind}s${selector}${namespace} -o wide`
    : `kubectl get ${kind} ${query.name}${namespace} -o yaml`;
}
