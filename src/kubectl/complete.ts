import { ApiError } from '../kubernetes/client/client.ts';
import type { Pod } from '../kubernetes/types/pod.ts';
import type { Candidate, CompletionRequest } from '../shell/complete.ts';
import type { Command } from './command.ts';
import { globalFlags } from './flags/definitions.ts';
import type { Flag } from './flags/flag.ts';
import { type ApiResource, ResourceMapper } from './resources.ts';
import type { KubernetesAccess } from './session.ts';
import { findCommand, verbs } from './verbs.ts';

/** Completes kubectl's words from its own verbs and flags and from what the cluster holds. */
export async function complete(request: CompletionRequest): Promise<readonly Candidate[] | undefined> {
  const { words, current, process } = request;
  const line = readLine(words.slice(1));
  const access = process.services.kubernetes;
  const open = /^(--[^=]+)=(.*)$/s.exec(current);
  if (open !== null && !line.afterDash) {
    const flag = flagsOf(line.command).find(({ name }) => `--${name}` === open[1]);
    const values = flag === undefined ? [] : await valuesOf(flag, line, access);
    return values === undefined
      ? undefined
      : begun(
          values.map((value) => ({ ...value, text: `${open[1]}=${value.text}` })),
          current,
        );
  }
  if (line.pending !== undefined) {
    const values = await valuesOf(line.pending, line, access);
    return values === undefined ? undefined : begun(values, current);
  }
  if (line.afterDash) return [];
  if (current.startsWith('-')) return begun(flagCandidates(line.command), current);
  const names = line.command === undefined ? verbs : line.args.length === 0 ? (line.command.subcommands ?? []) : [];
  if (line.command === undefined)
    return begun(
      [...names, help].map(({ name }) => ({ text: name })),
      current,
    );
  const found = [...names.map(({ name }) => ({ text: name })), ...(await argumentsOf(line, current, access))];
  return begun(found, current);
}

const help = { name: 'help' };

/** How far the line is: which verb, its arguments, and the flag whose value stands at the cursor. */
interface Line {
  readonly command: Command | undefined;
  readonly args: readonly string[];
  readonly values: ReadonlyMap<string, string>;
  readonly pending: Flag | undefined;
  readonly afterDash: boolean;
}

function readLine(words: readonly string[]): Line {
  let command: Command | undefined;
  let pending: Flag | undefined;
  const args: string[] = [];
  const values = new Map<string, string>();
  for (const word of words) {
    if (pending !== undefined) {
      values.set(pending.name, word);
      pending = undefined;
    } else if (word === '--') return { command, args, values, pending, afterDash: true };
    else if (word.startsWith('-')) {
      const flag = flagsOf(command).find(
        ({ name, short }) =>
          word === `--${name}` || (short !== undefined && new RegExp(`^-[a-zA-Z]*${short}$`).test(word)),
      );
      const [, name, value] = /^--([^=]+)=(.*)$/.exec(word) ?? [];
      if (name !== undefined && value !== undefined) values.set(name, value);
      else if (flag !== undefined && flag.type !== 'bool' && flag.bare === undefined) pending = flag;
    } else {
      const below = command === undefined ? findCommand(verbs, word) : findCommand(command.subcommands ?? [], word);
      if (below !== undefined && args.length === 0) command = below;
      else args.push(word);
    }
  }
  return { command, args, values, pending, afterDash: false };
}

function flagsOf(command: Command | undefined): readonly Flag[] {
  return [...(command?.flags ?? []), ...globalFlags];
}

function flagCandidates(command: Command | undefined): Candidate[] {
  return flagsOf(command)
    .flatMap(({ name, short, type, bare }): Candidate[] => {
      const takes = type !== 'bool' && bare === undefined;
      const long = takes ? { text: `--${name}=`, open: true } : { text: `--${name}` };
      return short === undefined ? [long] : [long, { text: `-${short}` }];
    })
    .sort((a, b) => (a.text < b.text ? -1 : 1));
}

const words: Readonly<Record<string, readonly string[]>> = {
  'dry-run': ['client', 'none', 'server'],
  restart: ['Always', 'Never', 'OnFailure'],
  cascade: ['background', 'foreground', 'orphan'],
  'image-pull-policy': ['Always', 'IfNotPresent', 'Never'],
  for: ['condition=', 'create', 'delete', 'jsonpath='],
};
const outputs: Readonly<Record<string, readonly string[]>> = {
  get: ['custom-columns=', 'json', 'jsonpath=', 'name', 'wide', 'yaml'],
  'api-resources': ['name', 'wide'],
  'get-contexts': ['name'],
  version: ['yaml'],
  delete: ['name'],
};

/** What a flag's value may be; undefined: a file. */
async function valuesOf(
  flag: Flag,
  line: Line,
  access: KubernetesAccess | undefined,
): Promise<Candidate[] | undefined> {
  if (flag.name === 'filename' || flag.name === 'from-file') return undefined;
  if (flag.name === 'namespace' && access !== undefined) return objectNames(line, access, find(access, 'namespaces'));
  if (flag.name === 'container' && access !== undefined) return containers(line, access);
  if (flag.name === 'context' && access !== undefined) return [{ text: access.currentContext }];
  const listed =
    flag.name === 'output'
      ? (outputs[line.command?.name ?? ''] ?? ['json', 'jsonpath=', 'name', 'yaml'])
      : words[flag.name];
  return (listed ?? []).map((text) => (text.endsWith('=') ? { text, open: true } : { text }));
}

async function argumentsOf(line: Line, current: string, access: KubernetesAccess | undefined): Promise<Candidate[]> {
  const { command, args } = line;
  if (access === undefined || command === undefined || command.argument === 'none') return [];
  const mapper = new ResourceMapper(access.resources);
  const slash = current.indexOf('/');
  if (slash >= 0) {
    const resource = mapper.lookup(current.slice(0, slash));
    const prefix = current.slice(0, slash + 1);
    return (await objectNames(line, access, resource)).map(({ text }) => ({ text: prefix + text }));
  }
  if (command.argument === 'pod') {
    if (args.length > 0) return command.name === 'logs' && args.length === 1 ? containers(line, access) : [];
    const makers = mapper.all.filter(({ kind }) => kind === 'Deployment' || kind === 'ReplicaSet');
    return [
      ...(await objectNames(line, access, find(access, 'pods'))),
      ...makers.map(({ resource }) => ({ text: `${resource}/`, open: true })),
    ];
  }
  const [kinds] = args;
  if (kinds !== undefined) {
    const resource = mapper.lookup(kinds);
    const names = await objectNames(line, access, resource);
    return names.filter(({ text }) => !args.includes(text));
  }
  const listed = mapper.all.filter(({ verbs: known }) => known.some((verb) => verb === 'list'));
  return listed.map(({ resource }) => ({ text: resource }));
}

function find(access: KubernetesAccess, name: string): ApiResource | undefined {
  return new ResourceMapper(access.resources).lookup(name);
}

/** The objects that are there now; nothing where the server won't say. */
async function objectNames(
  line: Line,
  access: KubernetesAccess,
  resource: ApiResource | undefined,
): Promise<Candidate[]> {
  if (resource === undefined) return [];
  const namespace = line.values.get('namespace') ?? access.namespace ?? 'default';
  try {
    const { items } = await access.client.list(resource, resource.namespaced ? { namespace } : {});
    return items.map(({ metadata }) => ({ text: metadata.name }));
  } catch (error) {
    if (error instanceof ApiError) return [];
    throw error;
  }
}

async function containers(line: Line, access: KubernetesAccess): Promise<Candidate[]> {
  const name = line.args[0]?.split('/').at(-1);
  const resource = find(access, 'pods');
  if (name === undefined || resource === undefined) return [];
  const namespace = line.values.get('namespace') ?? access.namespace ?? 'default';
  try {
    const { spec } = (await access.client.get(resource, { namespace, name })) as unknown as Pod;
    return [...spec.containers, ...(spec.initContainers ?? [])].map((one) => ({ text: one.name }));
  } catch (error) {
    if (error instanceof ApiError) return [];
    throw error;
  }
}

function begun(candidates: readonly Candidate[], current: string): readonly Candidate[] {
  return candidates.filter(({ text }) => text.startsWith(current));
}
