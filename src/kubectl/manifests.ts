import type { ApiObject } from '../kubernetes/api/operation.ts';
import { LinuxError } from '../linux/errno.ts';
import { CommandError, unsupported } from './errors.ts';
import type { ApiResource } from './resources.ts';
import type { Session } from './session.ts';

/** One object of a file. Its fields are as written: the server decides whether they are right. */
export interface Manifest {
  readonly resource: ApiResource;
  /** With the namespace that it goes to, where its kind has one. */
  readonly object: ApiObject;
  readonly name: string;
  readonly namespace?: string;
  /** `x.yaml`, `STDIN`. */
  readonly source: string;
}

export interface Manifests {
  readonly objects: readonly Manifest[];
  /** What could not be read; kubectl goes on with the rest and reports these. */
  readonly errors: readonly unknown[];
}

/** Reads `-f` arguments: files, folders (not what is below them) and `-` for standard input. */
export async function readManifests(session: Session, paths: readonly string[]): Promise<Manifests> {
  const objects: Manifest[] = [];
  const errors: unknown[] = [];
  // The parser is a fifth of all code, and no cluster waits for it to start.
  const { readYaml } = await session.process.clock.hold(import('./yaml/read.ts'));
  for (const path of paths) {
    try {
      for (const { source, text } of await sources(session, path)) {
        try {
          for (const value of readYaml(text, source)) {
            for (const item of itemsOf(value, source)) {
              try {
                objects.push(toManifest(session, item, source));
              } catch (error) {
                errors.push(error);
              }
            }
          }
        } catch (error) {
          errors.push(error);
        }
      }
    } catch (error) {
      errors.push(error);
    }
  }
  return { objects, errors };
}

async function sources(session: Session, path: string): Promise<{ source: string; text: string }[]> {
  if (path === '-') return [{ source: 'STDIN', text: await readAll(session) }];
  if (/^https?:\/\//.test(path)) throw unsupported(`a URL after -f (${path})`);
  const absolute = session.path(path);
  const { files } = session.process;
  if (!files.exists(absolute)) throw new CommandError(`the path ${JSON.stringify(path)} does not exist`);
  if (files.stat(absolute).type !== 'directory') return [{ source: path, text: readFile(session, absolute, path) }];
  const names = files.list(absolute).filter((name) => /\.(json|ya?ml)$/.test(name));
  if (names.length === 0) {
    throw new CommandError(`error reading [${path}]: recognized file extensions are [.json .yaml .yml]`);
  }
  return names.map((name) => {
    const source = `${path.replace(/\/$/, '')}/${name}`;
    return { source, text: readFile(session, `${absolute.replace(/\/$/, '')}/${name}`, source) };
  });
}

function readFile(session: Session, absolute: string, path: string): string {
  try {
    return session.process.files.readText(absolute);
  } catch (error) {
    if (error instanceof LinuxError) throw new CommandError(`open ${path}: ${error.message.toLowerCase()}`);
    throw error;
  }
}

async function readAll(session: Session): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const bytes = await session.process.stdin.read(session.ended);
    if (bytes === undefined) return text + decoder.decode();
    text += decoder.decode(bytes, { stream: true });
  }
}

/** The items of a `List`, or the object itself. */
function itemsOf(value: unknown, source: string): readonly unknown[] {
  if (!isMap(value)) throw invalid(source, 'invalid object to validate');
  const { kind, items } = value;
  if (typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items)) return items;
  return [value];
}

function toManifest(session: Session, value: unknown, source: string): Manifest {
  if (!isMap(value)) throw invalid(source, 'invalid object to validate');
  const missing = ['apiVersion', 'kind'].filter((field) => typeof value[field] !== 'string' || value[field] === '');
  if (missing.length === 2) throw invalid(source, '[apiVersion not set, kind not set]');
  if (missing.length === 1) throw invalid(source, `${missing[0]} not set`);
  const [apiVersion, kind] = [String(value.apiVersion), String(value.kind)];
  const metadata = isMap(value.metadata) ? value.metadata : {};
  for (const field of ['name', 'namespace', 'generateName']) {
    const given = metadata[field];
    if (given === undefined || given === null || typeof given === 'string') continue;
    const type = typeof given === 'boolean' ? 'bool' : Array.isArray(given) ? 'array' : typeof given;
    throw new CommandError(
      `unable to decode ${JSON.stringify(source)}: json: cannot unmarshal ${type} into Go struct field ObjectMeta.metadata.${field} of type string`,
    );
  }
  const name = typeof metadata.name === 'string' ? metadata.name : '';
  const written = typeof metadata.namespace === 'string' ? metadata.namespace : '';
  const resource = session.mapper.all.find(
    (one) => one.kind === kind && apiVersion === (one.group === '' ? one.version : `${one.group}/${one.version}`),
  );
  if (resource === undefined) {
    throw new CommandError(
      `resource mapping not found for name: ${JSON.stringify(name)} namespace: ${JSON.stringify(written)} from ${JSON.stringify(source)}: no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}\nensure CRDs are installed first`,
    );
  }
  if (!resource.namespaced) return { resource, object: value as ApiObject, name, source };
  if (session.namespaceGiven && written !== '' && written !== session.namespace) {
    throw new CommandError(
      `the namespace from the provided object "${written}" does not match the namespace "${session.namespace}". You must pass '--namespace=${written}' to perform this operation.`,
    );
  }
  const namespace = written === '' ? session.namespace : written;
  const object = { ...value, metadata: { ...metadata, namespace } } as unknown as ApiObject;
  return { resource, object, name, namespace, source };
}

function invalid(source: string, problem: string): CommandError {
  return new CommandError(
    `error validating ${JSON.stringify(source)}: error validating data: ${problem}; if you choose to ignore these errors, turn validation off with --validate=false`,
  );
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
