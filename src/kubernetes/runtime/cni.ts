import type { Machine } from '../../linux/machine.ts';
import { Collector, textReader } from '../../linux/process/streams.ts';
import type { CniResult, NetworkConfig, NetworkConfigList } from '../cni/protocol.ts';

const CONFIG_FOLDER = '/etc/cni/net.d';
const PLUGIN_FOLDER = '/opt/cni/bin';

/** For whom the plugins are called. */
export interface CniTarget {
  readonly sandboxId: string;
  /** Path of the network namespace. */
  readonly netns: string;
  readonly pod: { readonly namespace: string; readonly name: string; readonly uid: string };
  readonly portMappings: readonly unknown[];
}

/** libcni: reads the node's network configuration and runs the plugins that it lists. */
export class CniNetwork {
  readonly #machine: Machine;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** The first network of /etc/cni/net.d by name. @returns why there is none, in containerd's words */
  load(): NetworkConfigList | string {
    const { files } = this.#machine;
    const names = files.exists(CONFIG_FOLDER) ? files.list(CONFIG_FOLDER) : [];
    for (const name of names.filter((file) => /\.(conf|conflist|json)$/.test(file))) {
      const list = parseConfig(files.readText(`${CONFIG_FOLDER}/${name}`), name);
      if (list !== undefined) return list;
    }
    return 'cni plugin not initialized';
  }

  /** Gives the sandbox its loopback and its network. Throws with containerd's words. */
  async add(target: CniTarget): Promise<CniResult> {
    const list = this.load();
    if (typeof list === 'string') throw new Error(list);
    const loopback = { cniVersion: '0.3.1', name: 'cni-loopback', type: 'loopback' };
    await this.#run('ADD', loopback, 'lo', target);
    let result: CniResult = {};
    for (const plugin of list.plugins) {
      const previous = result.cniVersion === undefined ? {} : { prevResult: result };
      const output = await this.#run('ADD', configOf(list, plugin, target, previous), 'eth0', target);
      result = JSON.parse(output) as CniResult;
    }
    return result;
  }

  /** Takes the network away again, the plugins in reverse order. */
  async del(target: CniTarget, prevResult: CniResult | undefined): Promise<void> {
    const list = this.load();
    if (typeof list === 'string') return;
    const previous = prevResult === undefined ? {} : { prevResult };
    for (const plugin of [...list.plugins].reverse()) {
      await this.#run('DEL', configOf(list, plugin, target, previous), 'eth0', target);
    }
    await this.#run('DEL', { cniVersion: '0.3.1', name: 'cni-loopback', type: 'loopback' }, 'lo', target);
  }

  async #run(command: 'ADD' | 'DEL', config: NetworkConfig, ifName: string, target: CniTarget): Promise<string> {
    const fail = (why: string) =>
      new Error(`plugin type="${config.type}" name="${config.name}" failed (${command.toLowerCase()}): ${why}`);
    const path = `${PLUGIN_FOLDER}/${config.type}`;
    if (!this.#machine.files.exists(path))
      throw fail(`failed to find plugin "${config.type}" in path [${PLUGIN_FOLDER}]`);
    const { namespace, name, uid } = target.pod;
    const stdout = new Collector();
    const stderr = new Collector();
    const child = this.#machine.spawn({
      argv: [path],
      env: new Map([
        ['CNI_COMMAND', command],
        ['CNI_CONTAINERID', target.sandboxId],
        ['CNI_NETNS', target.netns],
        ['CNI_IFNAME', ifName],
        [
          'CNI_ARGS',
          `IgnoreUnknown=1;K8S_POD_NAMESPACE=${namespace};K8S_POD_NAME=${name};K8S_POD_INFRA_CONTAINER_ID=${target.sandboxId};K8S_POD_UID=${uid}`,
        ],
        ['CNI_PATH', PLUGIN_FOLDER],
        ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      ]),
      stdin: textReader(JSON.stringify(config)),
      stdout,
      stderr,
    });
    const status = await child.exit;
    if (status === 0) return stdout.text();
    throw fail(errorOf(stdout.text()) ?? (stderr.text().trim() || `exit status ${status}`));
  }
}

/** The `msg` of a plugin's error object, with its details. */
function errorOf(output: string): string | undefined {
  try {
    const { msg, details } = JSON.parse(output) as { msg?: string; details?: string };
    return details ? `${msg}; ${details}` : msg;
  } catch {
    return undefined;
  }
}

function parseConfig(text: string, file: string): NetworkConfigList | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // containerd logs it and goes on to the next file.
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (file.endsWith('.conflist')) {
    const list = value as Partial<NetworkConfigList>;
    if (!list.name || !Array.isArray(list.plugins) || list.plugins.length === 0) return undefined;
    return { cniVersion: '0.1.0', ...list } as NetworkConfigList;
  }
  const single = value as Partial<NetworkConfig>;
  if (!single.name || !single.type) return undefined;
  const { cniVersion = '0.1.0', name, ...plugin } = single as NetworkConfig;
  return { cniVersion, name, plugins: [plugin] };
}

function configOf(
  list: NetworkConfigList,
  plugin: NetworkConfigList['plugins'][number],
  target: CniTarget,
  previous: { prevResult?: CniResult },
): NetworkConfig {
  const { capabilities, ...rest } = plugin as { capabilities?: { portMappings?: boolean }; type: string };
  const mapped = capabilities?.portMappings === true && target.portMappings.length > 0;
  return {
    ...rest,
    cniVersion: list.cniVersion,
    name: list.name,
    ...(mapped ? { runtimeConfig: { portMappings: target.portMappings } } : {}),
    ...previous,
  };
}
