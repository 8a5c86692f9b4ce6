import { LinuxError } from '../../linux/errno.ts';
import type { Files } from '../../linux/files/files.ts';
import type { Client } from '../client/client.ts';
import { found } from '../controllers/queue.ts';
import { CONFIG_MAPS } from '../controllers/resources.ts';
import type { ConfigMap } from '../types/cluster.ts';
import type { Container } from '../types/container.ts';
import type { Pod, Volume } from '../types/pod.ts';

/** A volume can't be mounted; becomes the event FailedMount, and kubelet tries again. */
export class MountError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MountError';
  }
}

/** A pod's volumes as folders of its node, made before its first container. */
export class PodVolumes {
  readonly #node: Files;
  readonly #pod: Pod;
  readonly #folder: string;
  readonly #paths = new Map<string, string>();

  constructor(node: Files, pod: Pod) {
    this.#node = node;
    this.#pod = pod;
    this.#folder = `/var/lib/kubelet/pods/${pod.metadata.uid}`;
  }

  /** Makes all of them, or brings them up to date. Rejects with `MountError`. */
  async setUp(client: Client): Promise<void> {
    for (const volume of this.#pod.spec.volumes ?? []) {
      try {
        const path = await this.#make(client, volume);
        if (path !== undefined) this.#paths.set(volume.name, path);
      } catch (failure) {
        if (!(failure instanceof LinuxError)) throw failure;
        throw new MountError(`MountVolume.SetUp failed for volume "${volume.name}" : ${failure.message.toLowerCase()}`);
      }
    }
  }

  mount(root: Files, container: Container): void {
    for (const { name, mountPath, subPath } of container.volumeMounts ?? []) {
      const path = this.#paths.get(name);
      if (path === undefined) continue;
      const source = subPath === undefined ? path : `${path}/${subPath}`;
      if (!this.#node.exists(source)) this.#node.mkdir(source, { parents: true });
      if (this.#node.stat(source).type === 'directory') {
        root.mkdir(mountPath, { parents: true });
        root.bind(mountPath, this.#node.chroot(source));
      } else {
        root.mkdir(mountPath.slice(0, mountPath.lastIndexOf('/')) || '/', { parents: true });
        root.write(mountPath, this.#node.read(source));
      }
    }
  }

  remove(): void {
    if (this.#node.exists(this.#folder)) this.#node.remove(this.#folder, { recursive: true });
  }

  async #make(client: Client, volume: Volume): Promise<string | undefined> {
    if (volume.emptyDir !== undefined) {
      const path = `${this.#folder}/volumes/kubernetes.io~empty-dir/${volume.name}`;
      this.#node.mkdir(path, { parents: true });
      this.#node.chmod(path, 0o777);
      return path;
    }
    if (volume.hostPath !== undefined)
      return this.#hostPath(volume.name, volume.hostPath.path, volume.hostPath.type ?? '');
    if (volume.configMap !== undefined) return this.#configMap(client, volume.name, volume.configMap);
    throw new MountError(
      `MountVolume.SetUp failed for volume "${volume.name}" : this cluster has emptyDir, configMap and hostPath volumes alone`,
    );
  }

  #hostPath(name: string, path: string, type: string): string {
    const fail = (why: string) =>
      new MountError(`MountVolume.SetUp failed for volume "${name}" : hostPath type check failed: ${path} ${why}`);
    if (!this.#node.exists(path)) {
      if (type === 'Directory') throw fail('is not a directory');
      if (type === 'File') throw fail('is not a file');
      if (type === 'FileOrCreate') this.#node.write(path, '');
      else this.#node.mkdir(path, { parents: true });
    }
    const { type: kind } = this.#node.stat(path);
    if (type.startsWith('Directory') && kind !== 'directory') throw fail('is not a directory');
    if (type.startsWith('File') && kind !== 'file') throw fail('is not a file');
    return path;
  }

  async #configMap(client: Client, volume: string, source: NonNullable<Volume['configMap']>): Promise<string> {
    const namespace = this.#pod.metadata.namespace ?? '';
    const name = source.name ?? '';
    const path = `${this.#folder}/volumes/kubernetes.io~configmap/${volume}`;
    const map = (await found(client.get(CONFIG_MAPS, { namespace, name }))) as ConfigMap | undefined;
    if (map === undefined && source.optional !== true) {
      throw new MountError(`MountVolume.SetUp failed for volume "${volume}" : configmap "${name}" not found`);
    }
    const data = contents(map);
    const wanted = new Map<string, Uint8Array | string>();
    if (source.items === undefined) for (const [key, value] of data) wanted.set(key, value);
    for (const { key, path: at } of source.items ?? []) {
      const value = data.get(key);
      if (value !== undefined) wanted.set(at, value);
      else if (source.optional !== true) {
        throw new MountError(
          `MountVolume.SetUp failed for volume "${volume}" : references non-existent config key: ${key}`,
        );
      }
    }
    this.#write(path, wanted, source.defaultMode ?? 0o644);
    return path;
  }

  #write(folder: string, files: ReadonlyMap<string, Uint8Array | string>, mode: number): void {
    this.#node.mkdir(folder, { parents: true });
    for (const name of this.#node.list(folder)) {
      if (![...files.keys()].some((path) => path === name || path.startsWith(`${name}/`))) {
        this.#node.remove(`${folder}/${name}`, { recursive: true });
      }
    }
    for (const [path, content] of files) {
      const full = `${folder}/${path}`;
      this.#node.mkdir(full.slice(0, full.lastIndexOf('/')), { parents: true });
      this.#node.write(full, content, { mode });
    }
  }
}

function contents(map: ConfigMap | undefined): ReadonlyMap<string, Uint8Array | string> {
  const all = new Map<string, Uint8Array | string>(Object.entries(map?.data ?? {}));
  for (const [key, value] of Object.entries(map?.binaryData ?? {})) {
    all.set(
      key,
      Uint8Array.from(atob(value), (character) => character.charCodeAt(0)),
    );
  }
  return all;
}
