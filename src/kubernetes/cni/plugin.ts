import { LinuxError } from '../../linux/errno.ts';
import type { Process, Program } from '../../linux/process/process.ts';
import { readAllText } from '../../linux/process/streams.ts';
import {
  atLeast,
  CNI_VERSIONS,
  CniCode,
  CniError,
  type CniResult,
  type NetworkConfig,
  reasonOf,
  resultFor,
} from './protocol.ts';

/** One call of a plugin: the CNI_* variables and the decoded configuration. */
export interface Invocation {
  readonly containerId: string;
  /** Path of the pod's network namespace; may be empty on DEL. */
  readonly netns: string;
  readonly ifName: string;
  readonly args: string;
  /** Folders where delegates are looked for. */
  readonly path: readonly string[];
  readonly config: NetworkConfig;
  /** The configuration as it came, for a delegate. */
  readonly stdin: string;
  readonly process: Process;
}

export interface Plugin {
  readonly name: string;
  add(call: Invocation): Promise<CniResult>;
  del(call: Invocation): Promise<void>;
  check(call: Invocation): Promise<void>;
}

/** Which variables each command must have (CNI specification, section 2: "Execution Protocol"). */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  ADD: ['CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME', 'CNI_PATH'],
  CHECK: ['CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME', 'CNI_PATH'],
  DEL: ['CNI_CONTAINERID', 'CNI_IFNAME', 'CNI_PATH'],
  VERSION: [],
};

/** Turns a plugin into the program of /opt/cni/bin: environment and stdin in, JSON on stdout, status 0 or 1. */
export function pluginProgram(plugin: Plugin): Program {
  return async (process) => {
    const command = process.env.get('CNI_COMMAND') ?? '';
    if (command === '') {
      await process.stderr.write(
        `CNI ${plugin.name} plugin version unknown\nCNI protocol versions supported: ${CNI_VERSIONS.join(', ')}\n`,
      );
      return 0;
    }
    try {
      const output = await run(plugin, command, process);
      if (output !== undefined) await process.stdout.write(output);
      return 0;
    } catch (failure) {
      if (!(failure instanceof CniError) && !(failure instanceof LinuxError)) throw failure;
      const { code, details } = failure instanceof CniError ? failure : { code: CniCode.Internal, details: undefined };
      await process.stdout.write(
        pretty({ code, msg: reasonOf(failure), ...(details === undefined ? {} : { details }) }),
      );
      return 1;
    }
  };
}

async function run(plugin: Plugin, command: string, process: Process): Promise<string | undefined> {
  const required = REQUIRED[command];
  if (required === undefined) throw new CniError(CniCode.InvalidEnvironment, `unknown CNI_COMMAND: ${command}`);
  const missing = required.filter((name) => (process.env.get(name) ?? '') === '');
  if (missing.length > 0) {
    throw new CniError(CniCode.InvalidEnvironment, `required env variables [${missing.join(',')}] missing`);
  }
  if (command === 'VERSION') {
    return `${JSON.stringify({ cniVersion: '1.1.0', supportedVersions: CNI_VERSIONS })}\n`;
  }
  const stdin = await readAllText(process.stdin, process.signals.ended);
  const config = decode(stdin);
  const call: Invocation = {
    containerId: process.env.get('CNI_CONTAINERID') ?? '',
    netns: process.env.get('CNI_NETNS') ?? '',
    ifName: process.env.get('CNI_IFNAME') ?? '',
    args: process.env.get('CNI_ARGS') ?? '',
    path: (process.env.get('CNI_PATH') ?? '').split(':'),
    config,
    stdin,
    process,
  };
  if (command === 'ADD') return pretty(resultFor(config.cniVersion, await plugin.add(call)));
  if (command === 'DEL') {
    await plugin.del(call);
    return undefined;
  }
  if (!atLeast(config.cniVersion, '0.4.0')) {
    throw new CniError(CniCode.IncompatibleVersion, 'config version does not allow CHECK');
  }
  await plugin.check(call);
  return undefined;
}

function decode(stdin: string): NetworkConfig {
  let value: unknown;
  try {
    value = JSON.parse(stdin);
  } catch (failure) {
    const why = stdin.trim() === '' ? 'unexpected end of JSON input' : (failure as Error).message;
    throw new CniError(CniCode.DecodingFailure, `error unmarshall network config: ${why}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CniError(CniCode.DecodingFailure, 'error unmarshall network config: expected a JSON object');
  }
  const config = { cniVersion: '0.1.0', ...value } as NetworkConfig;
  if (!(CNI_VERSIONS as readonly string[]).includes(config.cniVersion)) {
    const supported = CNI_VERSIONS.map((version) => `"${version}"`).join(' ');
    throw new CniError(
      CniCode.IncompatibleVersion,
      'incompatible CNI versions',
      `config is "${config.cniVersion}", plugin supports [${supported}]`,
    );
  }
  if (typeof config.name !== 'string' || config.name === '') {
    throw new CniError(CniCode.InvalidNetworkConfig, 'missing network name:');
  }
  return config;
}

/** Four spaces and no newline at the end, as libcni prints. */
function pretty(value: unknown): string {
  return JSON.stringify(value, null, 4);
}
