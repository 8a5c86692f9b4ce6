import { parseField } from './field.ts';
import { pathProblem } from './json-path.ts';
import type { Manifest } from './lab.ts';
import { nearest } from './nearest.ts';
import { parsePlace } from './place.ts';
import type { Position, Problem } from './problem.ts';
import type { LabFile } from './schema.ts';
import type { Known } from './source.ts';
import { namesIn } from './text.ts';

export type Wrong = { message: string; found?: string; expected?: string; nearest?: string | undefined };
export type Report = (field: string, wrong: Wrong) => void;

/** Where a value stands and what it may name. */
export interface StepContext {
  readonly field: string;
  readonly lab: LabFile;
  /** What the lab sets up; absent where that could not all be read. */
  readonly manifests: readonly Manifest[] | undefined;
  /** The texts of the learner's files. */
  readonly files: readonly string[];
  /** Names that may be used; a step's captures join them. */
  readonly variables: Set<string>;
  readonly known: Known;
  readonly file: string;
  readonly at: (field: string) => Position;
  readonly problems: Problem[];
  readonly report: Report;
}

/** Names in all texts of a value. */
export function texts(value: unknown, field: string, context: StepContext): void {
  if (typeof value === 'string') names(value, field, context);
  else if (Array.isArray(value)) for (const [i, item] of value.entries()) texts(item, `${field}[${i}]`, context);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) texts(item, `${field}.${key}`, context);
  }
}

/** A text may only use names that are known here. */
export function names(text: string, field: string, context: StepContext, own: readonly string[] = []): void {
  const variables = [...context.variables, ...own];
  for (const name of namesIn(text)) {
    if (variables.includes(name)) continue;
    const meant = nearest(name, variables);
    const expected = variables.map((word) => `$${word}`).join(', ');
    const message = 'nothing of this name was captured here or before';
    context.report(field, { message, found: `$${name}`, expected, nearest: meant && `$${meant}` });
  }
}

export function fieldProblem(text: string, field: string, context: StepContext): void {
  const parsed = parseField(text);
  if ('expected' in parsed) {
    const { expected, nearest: meant } = parsed;
    context.report(field, { message: 'not the form of a field', found: `"${text}"`, expected, nearest: meant });
    return;
  }
  const wrong = pathProblem(parsed, context.known.schema);
  if (wrong !== undefined) context.report(field, { ...wrong, found: `"${text}"` });
  if (parsed.query.kind === 'Node' && parsed.query.name !== undefined && !parsed.query.name.startsWith('$')) {
    nodeProblem(parsed.query.name, text, field, context);
  }
}

export function placeProblem(text: string, field: string, context: StepContext): void {
  const place = parsePlace(text);
  if ('expected' in place) {
    const { expected, nearest: meant } = place;
    context.report(field, { message: 'no such place', found: `"${text}"`, expected, nearest: meant });
  } else if (place.kind === 'node') nodeProblem(place.role, text, field, context);
  else if (place.kind === 'pod') {
    names(text, field, context);
    podProblem(place.namespace, place.name, text, field, context);
  }
}

/** Solutions that make up names as they run. */
const MAKES_NAMES = /kubectl\s+(run|create\s+\S+)\s+\S*\$|\bname:\s*\S*\$|generateName/;

/** A pod that no manifest makes and no solution or file of the lab ever names can't be there. */
function podProblem(namespace: string, name: string, text: string, field: string, context: StepContext): void {
  const { manifests, files, lab, report } = context;
  if (manifests === undefined) return;
  const made = manifests.filter(({ kind }) => kind === 'Pod').map(({ metadata }) => metadata);
  const namespaces = ['default', ...made.map((pod) => pod.namespace)];
  if (!namespaces.includes(namespace) || name.includes('$')) return;
  const there = made.filter((pod) => (pod.namespace ?? 'default') === namespace).map((pod) => pod.name);
  if (there.includes(name)) return;
  const texts = [...lab.steps.map(({ solution }) => solution), ...files];
  const word = new RegExp(`(?<![A-Za-z0-9-])${name.replaceAll('.', '\\.')}(?![A-Za-z0-9-])`);
  if (texts.some((each) => MAKES_NAMES.test(each) || word.test(each))) return;
  const expected = there.map((each) => `pod/${each}`).join(', ');
  const meant = nearest(name, there);
  report(field, {
    message: 'no manifest makes this pod, and no solution or file of the lab names it',
    found: `"${text}"`,
    ...(expected === '' ? {} : { expected }),
    nearest: meant && `pod/${meant}`,
  });
}

function nodeProblem(role: string, text: string, field: string, { lab, report }: StepContext): void {
  const roles = [
    'control-plane',
    ...Array.from({ length: lab.cluster.workers }, (_, i) => `worker${i === 0 ? '' : i + 1}`),
  ];
  if (roles.includes(role)) return;
  const meant = nearest(role, roles);
  report(field, {
    message: `this cluster has no such node`,
    found: `"${text}"`,
    expected: roles.map((word) => `node/${word}`).join(', '),
    nearest: meant && `node/${meant}`,
  });
}

export function urlProblem(text: string, field: string, { report }: StepContext): void {
  const match = /^([a-z]+):\/\/[^/:]+(:[0-9]+)?(\/.*)?$/.exec(text);
  const [, protocol, port] = match ?? [];
  const hasPort = port !== undefined;
  const fits = protocol === 'http' || (protocol === 'tcp' && hasPort) || (protocol === 'icmp' && !hasPort);
  if (fits) return;
  const expected = '`http://HOST[:PORT]/PATH`, `tcp://HOST:PORT` or `icmp://HOST`';
  const message = protocol === 'udp' ? 'probes send no UDP yet' : 'nothing to send there';
  report(field, { message, found: `"${text}"`, expected });
}

export function regexProblem(text: string | undefined, field: string, { report }: StepContext): void {
  if (text === undefined || safe(text) === text) return;
  report(field, { message: 'this is no regular expression', found: `"${text}"` });
}

/** The expression, or one that matches nothing where it is none. */
export function safe(expression: string): string {
  try {
    new RegExp(expression);
    return expression;
  } catch {
    return '(?!)';
  }
}
