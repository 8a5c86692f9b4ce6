import { jsonType } from '../decode/json-type.ts';
import { equal, isMap } from '../draft.ts';
import { badRequest, failure, unprocessable } from '../failure.ts';

interface Step {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

/** The server refuses longer ones, as each step costs it time. */
const maximumSteps = 10_000;

/** RFC 6902. Gives a changed copy. Throws `Failure` where the patch is none, or doesn't fit the object. */
export function jsonPatch(object: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) {
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${jsonType(patch)} into Go value of type []handlers.jsonPatchOp`,
    );
  }
  if (patch.length > maximumSteps) {
    throw failure(
      413,
      'RequestEntityTooLarge',
      `The allowed maximum operations in a JSON patch is ${maximumSteps}, got ${patch.length}`,
    );
  }
  let root = object;
  for (const step of patch as readonly Step[]) root = carryOut(root, step);
  return root;
}

function carryOut(root: unknown, step: Step): unknown {
  const path = pointer(step.path);
  switch (step.op) {
    case 'add':
      return change(root, path, (target, key) => insert(target, key, step.value));
    case 'remove':
      return change(root, path, remove);
    case 'replace':
      if (path.length === 0) return step.value;
      return change(root, path, (target, key) => assign(target, key, step.value));
    case 'move': {
      const from = pointer(step.from);
      const value = read(root, from);
      return change(change(root, from, remove), path, (target, key) => insert(target, key, value));
    }
    case 'copy': {
      const value = read(root, pointer(step.from));
      return change(root, path, (target, key) => insert(target, key, value));
    }
    case 'test':
      if (!equal(find(root, path), step.value)) throw unprocessable();
      return root;
    default:
      throw unprocessable();
  }
}

/** RFC 6901. */
function pointer(text: unknown): string[] {
  if (typeof text !== 'string' || (text !== '' && !text.startsWith('/'))) throw unprocessable();
  return text
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function find(root: unknown, path: readonly string[]): unknown {
  let value: unknown = root;
  for (const key of path) {
    if (Array.isArray(value)) value = value[index(key, value.length - 1)];
    else if (isMap(value) && Object.hasOwn(value, key)) value = value[key];
    else return undefined;
  }
  return value;
}

function read(root: unknown, path: readonly string[]): unknown {
  const value = find(root, path);
  if (value === undefined) throw unprocessable();
  return value;
}

type Container = unknown[] | { [key: string]: unknown };

/** Copies what leads to `path`'s parent and lets `act` change that. */
function change(root: unknown, path: readonly string[], act: (target: Container, key: string) => void): unknown {
  const [key, ...rest] = path;
  if (key === undefined) throw unprocessable();
  const target: Container | undefined = Array.isArray(root) ? [...root] : isMap(root) ? { ...root } : undefined;
  if (target === undefined) throw unprocessable();
  if (rest.length === 0) {
    act(target, key);
    return target;
  }
  if (Array.isArray(target)) {
    const at = index(key, target.length - 1);
    target[at] = change(target[at], rest, act);
  } else {
    if (!Object.hasOwn(target, key)) throw unprocessable();
    target[key] = change(target[key], rest, act);
  }
  return target;
}

function insert(target: Container, key: string, value: unknown): void {
  if (value === undefined) throw unprocessable();
  if (Array.isArray(target)) target.splice(key === '-' ? target.length : index(key, target.length), 0, value);
  else target[key] = value;
}

function assign(target: Container, key: string, value: unknown): void {
  if (value === undefined) throw unprocessable();
  if (Array.isArray(target)) target[index(key, target.length - 1)] = value;
  else if (Object.hasOwn(target, key)) target[key] = value;
  else throw unprocessable();
}

function remove(target: Container, key: string): void {
  if (Array.isArray(target)) target.splice(index(key, target.length - 1), 1);
  else if (Object.hasOwn(target, key)) delete target[key];
  else throw unprocessable();
}

function index(key: string, last: number): number {
  const at = /^(0|[1-9]\d*)$/.test(key) ? Number(key) : -1;
  if (at < 0 || at > last) throw unprocessable();
  return at;
}
