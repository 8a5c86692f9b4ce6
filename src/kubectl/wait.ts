import type { ApiObject } from '../kubernetes/api/operation.ts';
import type { Call, Command } from './command.ts';
import { CommandError, isNotFound, PlainError, throwAll } from './errors.ts';
import { all, allNamespaces, fieldSelector, filename, selector, timeout } from './flags/definitions.ts';
import { lackingPrinting } from './flags/lacking.ts';
import { JsonPath, JsonPathError } from './jsonpath/jsonpath.ts';
import { goValue } from './jsonpath/text.ts';
import { relaxedPath } from './output/custom-columns.ts';
import { objectName } from './resources.ts';
import { parseSelection } from './selection.ts';
import { namedObjects } from './targets.ts';
import { until } from './until.ts';

/** What is waited for. */
interface Goal {
  readonly kind: 'delete' | 'create' | 'state';
  /** Whether the object is as it should be. */
  readonly met: (object: ApiObject) => boolean;
}

export const wait: Command = {
  name: 'wait',
  summary: 'Wait for a specific condition on one or many resources',
  usage:
    "wait ([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]] [options]",
  examples: [
    'kubectl wait --for=condition=Ready pod/web',
    "kubectl wait --for=jsonpath='{.status.phase}'=Running pod/web",
    'kubectl wait --for=delete pod/web --timeout=60s',
  ],
  argument: 'object',
  flags: [
    { name: 'for', type: 'array', help: "condition=NAME[=VALUE], create, delete or jsonpath='{PATH}'[=VALUE]." },
    timeout('30s', 'How long to wait for each object; 0s: look once.'),
    all,
    allNamespaces,
    selector,
    fieldSelector,
    filename,
  ],
  lacking: [...lackingPrinting, 'local', '-o', 'output', '-R', 'recursive', 'show-managed-fields'],
  run,
};

async function run(call: Call): Promise<number> {
  const { session, flags } = call;
  const words = flags.list('for');
  const [word] = words;
  if (word === undefined) throw new CommandError('unrecognized condition: []');
  if (words.length > 1) throw new CommandError("one --for at a time is what the page's kubectl knows");
  const goal = parseGoal(word);
  const limit = flags.duration('timeout');
  // kubectl: below 0 is a week; 0 looks once, which any time that is over at once does.
  const timeoutMs = limit < 0 ? 7 * 24 * 3_600_000 : Math.max(limit, 0.001);
  if (goal.kind === 'create') return waitForCreation(call, timeoutMs);
  const { targets, errors } = await namedObjects(call, 'wait');
  const failures = goal.kind === 'delete' ? errors.filter((error) => !isNotFound(error)) : errors;
  for (const { resource, name, namespace, object } of targets) {
    const name_ = `${resource.resource}/${name}`;
    try {
      const done = await until(
        session,
        resource,
        { name, namespace },
        (now) => {
          if (goal.kind === 'delete') return now === undefined || now.metadata.uid !== object.metadata.uid;
          if (now === undefined)
            throw new PlainError(
              `Error from server (NotFound): ${resource.resource} ${JSON.stringify(name)} not found`,
            );
          return goal.met(now);
        },
        timeoutMs,
      );
      if (done) await session.out(`${objectName(resource, name)} condition met\n`);
      else failures.push(new CommandError(`timed out waiting for the condition on ${name_}`));
    } catch (error) {
      if (!(error instanceof PlainError) && !(error instanceof CommandError)) throw error;
      failures.push(error);
    }
  }
  if (targets.length === 0 && failures.length === 0 && goal.kind !== 'delete')
    throw new CommandError('no matching resources found');
  throwAll(failures);
  return 0;
}

async function waitForCreation({ session, args }: Call, timeoutMs: number): Promise<number> {
  const errors: unknown[] = [];
  for (const { resource, names } of parseSelection(session, args, 'wait')) {
    for (const name of names ?? []) {
      const at = { name, ...session.scope(resource) };
      if (await until(session, resource, at, (object) => object !== undefined, timeoutMs)) {
        await session.out(`${objectName(resource, name)} condition met\n`);
      } else errors.push(new CommandError(`timed out waiting for the condition on ${resource.resource}/${name}`));
    }
  }
  throwAll(errors);
  return 0;
}

function parseGoal(word: string): Goal {
  const lower = word.toLowerCase();
  if (lower === 'delete' || lower === 'create') return { kind: lower, met: () => lower === 'create' };
  if (lower.startsWith('condition=')) {
    const [name = '', value = 'true'] = word.slice('condition='.length).split('=');
    return { kind: 'state', met: (object) => hasCondition(object, name.toLowerCase(), value.toLowerCase()) };
  }
  if (lower.startsWith('jsonpath=')) return pathGoal(word.slice('jsonpath='.length));
  throw new CommandError(`unrecognized condition: ${JSON.stringify(word)}`);
}

function pathGoal(text: string): Goal {
  const [, expression = '', value] = /^['"]?(\{.*\}|[^=]*)['"]?(?:=(.*))?$/s.exec(text) ?? [];
  if (expression === '' || expression === '{}') throw new CommandError('jsonpath expression cannot be empty');
  if (value === '')
    throw new CommandError(
      "jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3",
    );
  const path = parsePath(expression);
  return {
    kind: 'state',
    met: (object) => {
      const found = path.find(object);
      if (found.length === 0) return false;
      if (value === undefined) return true;
      if (found.length > 1) throw new CommandError('given jsonpath expression matches more than one value');
      if (typeof found[0] === 'object' && found[0] !== null) {
        throw new CommandError('jsonpath leads to a nested object or list which is not supported');
      }
      return goValue(found[0]) === value.replace(/^(['"])(.*)\1$/s, '$2');
    },
  };
}

function parsePath(expression: string): JsonPath {
  try {
    return new JsonPath(expression.startsWith('{') ? expression : relaxedPath(expression));
  } catch (error) {
    if (error instanceof JsonPathError)
      throw new CommandError(`error parsing jsonpath ${expression}, ${error.message}`);
    throw error;
  }
}

interface Status {
  readonly observedGeneration?: number;
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly observedGeneration?: number;
  }[];
}

function hasCondition(object: ApiObject, name: string, value: string): boolean {
  const { conditions } = (object.status ?? {}) as Status;
  const found = conditions?.find(({ type }) => type.toLowerCase() === name);
  if (found === undefined) return false;
  const observed = found.observedGeneration ?? (object.status as Status).observedGeneration;
  if (observed !== undefined && observed < (object.metadata.generation ?? 0)) return false;
  return found.status.toLowerCase() === value;
}
