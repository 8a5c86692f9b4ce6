import type { Call, Command } from '../command.ts';
import { CommandError } from '../errors.ts';
import type { Session } from '../session.ts';
import { createFlags, createGenerated, lackingCreate, oneName } from './generate.ts';

export const createConfigMap: Command = {
  name: 'configmap',
  aliases: ['cm'],
  summary: 'Create a config map from a local file, directory or literal value',
  usage:
    'create configmap NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none] [options]',
  argument: 'none',
  flags: [
    ...createFlags,
    { name: 'from-literal', type: 'array', help: 'A key and its value (--from-literal=key=value).' },
    { name: 'from-file', type: 'array', help: 'A file, whose name is the key; KEY=FILE; or a folder of files.' },
  ],
  lacking: [...lackingCreate, 'append-hash', 'from-env-file'],
  run,
};

async function run(call: Call): Promise<number> {
  const { session, flags } = call;
  const name = oneName(call, 'create configmap');
  const data: Record<string, string> = {};
  const binaryData: Record<string, string> = {};
  const add = (key: string, bytes: Uint8Array | string) => {
    if (!/^[-._a-zA-Z0-9]+$/.test(key)) {
      throw new CommandError(
        `${JSON.stringify(key)} is not a valid key name for a ConfigMap: a valid config key must consist of alphanumeric characters, '-', '_' or '.'`,
      );
    }
    if (key in data || key in binaryData)
      throw new CommandError(
        `cannot add key ${JSON.stringify(key)}, another key by that name already exists in Data for ConfigMap ${JSON.stringify(name)}`,
      );
    const text = typeof bytes === 'string' ? bytes : utf8(bytes);
    if (text !== undefined) data[key] = text;
    else binaryData[key] = btoa(String.fromCharCode(...(bytes as Uint8Array)));
  };
  for (const source of flags.list('from-file')) for (const [key, bytes] of filesOf(session, source)) add(key, bytes);
  for (const literal of flags.list('from-literal')) {
    const equals = literal.indexOf('=');
    if (equals <= 0) throw new CommandError(`invalid literal source ${literal}, expected key=value`);
    add(literal.slice(0, equals), literal.slice(equals + 1));
  }
  return createGenerated(call, {
    apiVersion: 'v1',
    ...(Object.keys(binaryData).length === 0 ? {} : { binaryData }),
    ...(Object.keys(data).length === 0 ? {} : { data }),
    kind: 'ConfigMap',
    metadata: { name },
  });
}

function filesOf(session: Session, source: string): [string, Uint8Array][] {
  const equals = source.indexOf('=');
  const path = equals < 0 ? source : source.slice(equals + 1);
  const { files } = session.process;
  const absolute = session.path(path);
  if (!files.exists(absolute)) throw new CommandError(`error reading ${path}: no such file or directory`);
  if (files.stat(absolute).type !== 'directory') {
    const key = equals < 0 ? (path.split('/').at(-1) ?? path) : source.slice(0, equals);
    return [[key, files.read(absolute)]];
  }
  if (equals >= 0) throw new CommandError('cannot give a key name for a directory path');
  return files
    .list(absolute)
    .filter((name) => files.stat(`${absolute}/${name}`).type === 'file')
    .map((name) => [name, files.read(`${absolute}/${name}`)]);
}

/** The text, or undefined where the bytes are none. */
function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
