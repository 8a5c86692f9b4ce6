import type { Clock } from '../simulation/clock.ts';
import type { Random } from '../simulation/random.ts';
import type { VirtualFolder } from './files/files.ts';
import { MemoryFiles } from './files/memory.ts';
import { layOut } from './machine/layout.ts';
import { procFolder } from './machine/proc.ts';
import type { Namespace } from './namespace.ts';
import { type CloneSpec, Kernel } from './process/kernel.ts';
import { DEFAULT_PATH, installPrograms } from './process/lookup.ts';
import type { PidNamespace } from './process/pids.ts';
import type { Child, ProgramTable, Services } from './process/process.ts';
import { emptyReader, nullWriter } from './process/streams.ts';
import type { Surroundings } from './process/task.ts';

export interface MachineOptions<N extends Namespace> {
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly programs: ProgramTable;
  readonly netns: N;
  readonly services?: Services;
  /** More below /proc (`net`, `sys/net`) and all of /sys; `networkFiles` of the network room makes them. */
  readonly network?: { readonly proc: VirtualFolder; readonly sys: VirtualFolder };
}

/** A computer: a disk, processes, and network namespaces of which one is its own. Containers are processes of it. */
export class Machine<N extends Namespace = Namespace> {
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly files: MemoryFiles;
  readonly netns: N;
  /** The named namespaces that `ip netns` lists; they show as files in /run/netns. */
  readonly namespaces = new Map<string, N>();
  readonly programs: ProgramTable;
  readonly #kernel: Kernel;
  readonly #around: Surroundings;

  constructor(options: MachineOptions<N>) {
    this.name = options.name;
    this.clock = options.clock;
    this.random = options.random;
    this.netns = options.netns;
    this.programs = options.programs;
    this.files = new MemoryFiles({ clock: options.clock });
    this.#kernel = new Kernel(options.clock, options.random.fork('processes'));
    layOut(this.files, this.name);
    installPrograms(this.files, Object.keys(options.programs));
    this.files.mount('/proc', procFolder(options.clock, this.#kernel.root, options.network?.proc));
    if (options.network !== undefined) this.files.mount('/sys', options.network.sys);
    this.files.mount('/run/netns', this.#netnsFolder());
    this.#around = {
      env: new Map([
        ['PATH', DEFAULT_PATH],
        ['HOME', '/root'],
        ['USER', 'root'],
        ['LOGNAME', 'root'],
        ['SHELL', '/bin/bash'],
        ['LANG', 'C.UTF-8'],
      ]),
      cwd: '/',
      uid: 0,
      stdin: emptyReader,
      stdout: nullWriter,
      stderr: nullWriter,
      tty: undefined,
      netns: options.netns,
      files: this.files,
      hostname: this.name,
      services: options.services ?? {},
      programs: options.programs,
      pidNamespace: this.#kernel.root,
    };
    this.#boot();
  }

  /** The variables that its programs start with. */
  get environment(): ReadonlyMap<string, string> {
    return this.#around.env;
  }

  /** The machine's own pid namespace: the parent of each container's `new PidNamespace(machine.pidNamespace)`. */
  get pidNamespace(): PidNamespace {
    return this.#kernel.root;
  }

  /**
   * The kernel's clone: starts a process that inherits the machine's own surroundings (root, netns, hostname, uid 0,
   * nothing to read, output dropped) wherever `spec` says nothing. Throws EAGAIN when there are too many processes.
   */
  spawn(spec: CloneSpec): Child {
    if (this.#kernel.root.tasks.size === 0) this.#boot();
    return this.#kernel.start(spec, this.#around);
  }

  /** Ends every process at once, as losing power does. */
  shutdown(): void {
    for (const task of [...this.#kernel.root.tasks.values()]) task.finish(137, 'KILL');
  }

  /** Starts pid 1, which does nothing but be there. */
  #boot(): void {
    this.#kernel.start(
      {
        argv: ['/sbin/init'],
        program: ({ signals }) =>
          new Promise((_resolve, reject) => {
            signals.ended.addEventListener('abort', () => reject(signals.ended.reason), { once: true });
          }),
      },
      this.#around,
    );
  }

  #netnsFolder(): VirtualFolder {
    return {
      stat: (path) => (path === '' ? 'directory' : this.namespaces.has(path) ? 'file' : undefined),
      list: () => [...this.namespaces.keys()].sort(),
      read: () => '',
    };
  }
}
