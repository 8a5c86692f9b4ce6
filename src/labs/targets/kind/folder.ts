import { chmod, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Where the course keeps what is the learner's: kubeconfigs, lab folders, progress. */
export interface CourseFolder {
  readonly root: string;
  /** Of one cluster. `mark` is mounted into its nodes, which is how the course knows them again. */
  readonly cluster: (name: string) => ClusterFolder;
  /** The learner's own folder in a lab. */
  readonly lab: (id: string) => string;
  readonly progress: string;
  /** Short-lived files: hand-over, control socket, rc files. */
  readonly run: string;
}

export interface ClusterFolder {
  readonly root: string;
  readonly kubeconfig: string;
  readonly mark: string;
  /** Comes first on PATH in the learner's shell. */
  readonly bin: string;
  /** The kubectl of the cluster's own version, taken from a node. */
  readonly kubectl: string;
}

/** `$XDG_DATA_HOME/hop-by-hop`, or what stands for it where that isn't set (XDG Base Directory Specification). */
export function courseFolder(env: NodeJS.ProcessEnv = process.env): CourseFolder {
  const xdg = env.XDG_DATA_HOME;
  // The specification says to ignore relative paths.
  const data = xdg !== undefined && isAbsolute(xdg) ? xdg : join(env.HOME ?? homedir(), '.local', 'share');
  const root = join(data, 'hop-by-hop');
  return {
    root,
    cluster: (name) => {
      const folder = join(root, 'clusters', name);
      return {
        root: folder,
        kubeconfig: join(folder, 'kubeconfig'),
        mark: join(folder, 'mark'),
        bin: join(folder, 'bin'),
        kubectl: join(folder, 'kubectl'),
      };
    },
    lab: (id) => join(root, 'labs', id),
    progress: join(root, 'progress.json'),
    run: join(root, 'run'),
  };
}

/** Makes a folder that only its owner can read. */
export async function privateFolder(path: string): Promise<string> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await chmod(path, 0o700);
  return path;
}
