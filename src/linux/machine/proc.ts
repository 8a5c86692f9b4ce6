import type { Clock } from '../../simulation/clock.ts';
import { LinuxError } from '../errno.ts';
import type { VirtualFolder } from '../files/files.ts';
import { virtualFolder } from '../files/virtual.ts';
import type { Member, PidNamespace } from '../process/pids.ts';

/** The kernel release that the machines say they run (`uname -r`). */
export const KERNEL_RELEASE = '6.12.0-hop';
export const KERNEL_VERSION = '#1 SMP PREEMPT_DYNAMIC';

/** proc(5), as far as it is modelled: the processes of a pid namespace, version, uptime, and what the network adds. */
export function procFolder(clock: Clock, pids: PidNamespace, network?: VirtualFolder): VirtualFolder {
  const parts = {
    version: () => `Linux version ${KERNEL_RELEASE} ${KERNEL_VERSION}\n`,
    uptime: () => `${(clock.now() / 1000).toFixed(2)} ${(clock.now() / 1000).toFixed(2)}\n`,
    'sys/kernel/osrelease': () => `${KERNEL_RELEASE}\n`,
    'sys/kernel/ostype': () => 'Linux\n',
    '': processFolder(pids),
  };
  return network === undefined ? virtualFolder(parts) : withNetwork(virtualFolder(parts), network);
}

/** The network's part of /proc comes first; what it doesn't have is the machine's. */
function withNetwork(own: VirtualFolder, network: VirtualFolder): VirtualFolder {
  return {
    stat: (path) => network.stat(path) ?? own.stat(path),
    list: (path) => {
      const names = new Set<string>();
      if (own.stat(path) === 'directory') for (const name of own.list(path)) names.add(name);
      if (network.stat(path) === 'directory') for (const name of network.list(path)) names.add(name);
      return [...names].sort();
    },
    read: (path) => (network.stat(path) === 'file' ? network : own).read(path),
    write: (path, text) => {
      const owner = network.stat(path) === 'file' ? network : own;
      if (owner.write === undefined) throw new LinuxError('EACCES');
      owner.write(path, text);
    },
  };
}

const FILES: Readonly<Record<string, (task: Member, pid: number, namespace: PidNamespace) => string>> = {
  cmdline: (task) => task.argv.map((word) => `${word}\0`).join(''),
  comm: (task) => `${nameOf(task)}\n`,
  environ: (task) => [...task.env].map(([name, value]) => `${name}=${value}\0`).join(''),
  status: (task, pid, namespace) =>
    `Name:\t${nameOf(task)}\nState:\tS (sleeping)\nPid:\t${pid}\nPPid:\t${task.parent?.pids.get(namespace) ?? 0}\nUid:\t${`${task.uid}\t`.repeat(4).trimEnd()}\n`,
};

function nameOf(task: Member): string {
  return (task.argv[0] ?? '').replace(/^.*\//, '').slice(0, 15);
}

/** `/proc/PID/...` of one pid namespace. */
function processFolder(pids: PidNamespace): VirtualFolder {
  const find = (path: string) => {
    const [pid = '', file] = path.split('/', 2);
    return {
      task: /^\d+$/.test(pid) ? pids.tasks.get(Number(pid)) : undefined,
      file,
      deep: path.split('/').length > 2,
    };
  };
  return {
    stat(path) {
      const { task, file, deep } = find(path);
      if (path === '') return 'directory';
      if (task === undefined || deep) return undefined;
      return file === undefined ? 'directory' : file in FILES ? 'file' : undefined;
    },
    list: (path) => (path === '' ? [...pids.tasks.keys()].map(String) : Object.keys(FILES)),
    read(path) {
      const { task, file } = find(path);
      const read = FILES[file ?? ''];
      if (task === undefined || read === undefined) throw new LinuxError('ENOENT');
      return read(task, Number(path.split('/')[0]), pids);
    },
  };
}
