import { LinuxError } from '../../linux/errno.ts';
import type { Files } from '../../linux/files/files.ts';
import { procFolder } from '../../linux/machine/proc.ts';
import type { Machine } from '../../linux/machine.ts';
import { NetworkNamespace } from '../../linux/namespace.ts';
import { networkFiles } from '../../linux/network-files.ts';
import { PidNamespace } from '../../linux/process/pids.ts';
import type { Child, Program, ProgramTable, Reader, Services, Tty, Writer } from '../../linux/process/process.ts';
import type { TapSource } from '../../linux/tap/source.ts';
import { TerminalDevice } from '../../linux/tty/terminal.ts';
import type { CniResult } from '../cni/protocol.ts';
import type { ImageTable } from '../images/image.ts';
import { CniNetwork } from './cni.ts';
import { type Container, type ContainerSpec, RuntimeError } from './container.ts';
import { ImageStore } from './image-store.ts';
import { ContainerLog } from './log.ts';
import { execProblem, makeRoot } from './rootfs.ts';
import type { Sandbox, SandboxSpec } from './sandbox.ts';

const STATE = '/run/containerd/io.containerd.runtime.v2.task/k8s.io';
/** Virtual ms for what a real runtime spends with snapshots, cgroups and runc. */
const SANDBOX_COST = 180;
const CREATE_COST = 60;
const START_COST = 40;
const PAUSE = '/pause';

export interface RuntimeOptions {
  readonly machine: Machine<NetworkNamespace>;
  readonly images: ImageTable;
  /** Images that the node has from the start. */
  readonly preloaded?: readonly string[];
  readonly tap?: TapSource;
}

export interface ExecSpec {
  readonly command: readonly string[];
  readonly stdin?: Reader;
  readonly stdout: Writer;
  readonly stderr: Writer;
  readonly tty?: Tty;
  /** Marks a lab check's process. */
  readonly probe?: string;
  /** Runs instead of what `command` names: a probe of the course, which no image holds. */
  readonly program?: Program;
}

/** containerd and runc of one node, as kubelet uses them through the CRI. */
export class ContainerRuntime {
  readonly images: ImageStore;
  readonly #machine: Machine<NetworkNamespace>;
  readonly #tap: TapSource | undefined;
  readonly #cni: CniNetwork;
  readonly #random;
  readonly #sandboxes = new Map<string, Sandbox>();

  constructor(options: RuntimeOptions) {
    this.#machine = options.machine;
    this.#tap = options.tap;
    this.#cni = new CniNetwork(options.machine);
    this.#random = options.machine.random.fork('containerd');
    this.images = new ImageStore(options.machine.clock, options.images, options.preloaded ?? []);
  }

  /** Whether pods can get a network; otherwise why not, as the CRI's RuntimeStatus says it. */
  networkProblem(): string | undefined {
    const list = this.#cni.load();
    return typeof list === 'string' ? `Network plugin returns error: ${list}` : undefined;
  }

  /** Makes a pod's sandbox and gives it its network. Rejects with `RuntimeError`. */
  async runSandbox(spec: SandboxSpec): Promise<Sandbox> {
    const id = this.#id();
    await this.#machine.clock.sleep(SANDBOX_COST);
    const netnsName = spec.hostNetwork ? undefined : `cni-${this.#uuid()}`;
    const netns = netnsName === undefined ? this.#machine.netns : this.#makeNamespace(netnsName);
    const target = {
      sandboxId: id,
      netns: `/var/run/netns/${netnsName}`,
      pod: spec.pod,
      portMappings: spec.portMappings,
    };
    let network: CniResult | undefined;
    if (netnsName !== undefined) {
      try {
        network = await this.#cni.add(target);
      } catch (failure) {
        this.#dropNamespace(netnsName);
        throw new RuntimeError(
          `rpc error: code = Unknown desc = failed to setup network for sandbox "${id}": ${(failure as Error).message}`,
        );
      }
    }
    const ip = network?.ips?.[0]?.address.split('/')[0];
    const pause = this.#machine.spawn({
      argv: [PAUSE],
      program: ({ signals }) =>
        new Promise((_, reject) => {
          signals.ended.addEventListener('abort', () => reject(signals.ended.reason), { once: true });
        }),
      netns,
      hostname: spec.hostname,
      pidNamespace: new PidNamespace(this.#machine.pidNamespace),
      group: 'new',
    });
    const sandbox: Sandbox = {
      id,
      spec,
      netns,
      pause,
      target,
      ...(netnsName === undefined ? {} : { netnsName }),
      ...(network === undefined ? {} : { network }),
      ...(ip === undefined ? {} : { ip }),
    };
    this.#sandboxes.set(id, sandbox);
    return sandbox;
  }

  /** Takes network and namespace away; its containers have to be gone. What a plugin refuses is told and left behind. */
  async removeSandbox(sandbox: Sandbox): Promise<void> {
    if (!this.#sandboxes.delete(sandbox.id)) return;
    sandbox.pause.kill('KILL');
    if (sandbox.netnsName === undefined) return;
    try {
      await this.#cni.del(sandbox.target, sandbox.network);
    } finally {
      this.#dropNamespace(sandbox.netnsName);
    }
  }

  /** Lays the container's files out. It does not run yet. */
  async createContainer(sandbox: Sandbox, spec: ContainerSpec): Promise<Container> {
    const { image } = spec;
    const id = this.#id();
    await this.#machine.clock.sleep(CREATE_COST);
    const folder = `${STATE}/${id}/rootfs`;
    const pids = new PidNamespace(this.#machine.pidNamespace);
    const root = this.#layOut(sandbox, spec, folder, pids);
    const env = new Map([...Object.entries(image.env), ['HOSTNAME', sandbox.spec.hostname] as const, ...spec.env]);
    if (!env.has('HOME')) env.set('HOME', spec.uid === 0 ? '/root' : '/');
    if (spec.tty && !env.has('TERM')) env.set('TERM', 'xterm');
    const cwd = spec.workingDir ?? image.workingDir ?? '/';
    if (!root.exists(cwd)) root.mkdir(cwd, { parents: true });
    const entrypoint = spec.command ?? image.entrypoint;
    const argv = [...entrypoint, ...(spec.args ?? (spec.command === undefined ? image.command : []))];
    const { clock } = this.#machine;
    return {
      id,
      spec,
      sandbox,
      root,
      folder,
      env,
      cwd,
      argv,
      pids,
      log: new ContainerLog(clock),
      ...(spec.tty ? { terminal: new TerminalDevice({ clock }) } : {}),
    };
  }

  /** Image, /proc, /sys, volumes and /etc: all that the container's processes see. */
  #layOut(sandbox: Sandbox, spec: ContainerSpec, folder: string, pids: PidNamespace): Files {
    const { files, clock } = this.#machine;
    try {
      const root = makeRoot(files, folder, spec.image, this.#machine.programs);
      const network = networkFiles(sandbox.netns);
      root.mount('/proc', procFolder(clock, pids, network.proc));
      root.mount('/sys', network.sys);
      spec.prepare(root);
      return root;
    } catch (failure) {
      if (!(failure instanceof LinuxError)) throw failure;
      if (files.exists(folder)) files.remove(folder, { recursive: true });
      throw new RuntimeError(`failed to create containerd container: ${failure.message.toLowerCase()}`);
    }
  }

  /** Runs what was created. Rejects with `RuntimeError` when there is nothing that can be executed. */
  async startContainer(container: Container, stdin?: Reader): Promise<Child> {
    await this.#machine.clock.sleep(START_COST);
    const refuse = (why: string) =>
      new RuntimeError(
        `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ${why}`,
      );
    if (container.argv.length === 0) throw new RuntimeError('failed to generate container spec: no command specified');
    const problem = execProblem(container.root, container.env, container.cwd, container.argv);
    if (problem !== undefined) throw refuse(problem);
    const { terminal, log, spec } = container;
    terminal?.onOutput((text) => void log.writer('stdout').write(text.replaceAll('\r\n', '\n')));
    const streams = terminal?.streams ?? {
      ...(stdin === undefined ? {} : { stdin }),
      stdout: log.writer('stdout'),
      stderr: log.writer('stderr'),
    };
    try {
      container.process = this.#machine.spawn({
        ...this.#surroundings(container, spec.services),
        argv: container.argv,
        ...streams,
        group: 'new',
      });
    } catch (failure) {
      if (failure instanceof LinuxError) throw refuse(failure.message);
      throw failure;
    }
    void container.process.exit.then(() => log.close());
    return container.process;
  }

  /** Runs another process beside the container's own. Throws `RuntimeError` when it can't be executed. */
  exec(container: Container, spec: ExecSpec): Child {
    const { root, cwd } = container;
    const problem = spec.program === undefined ? execProblem(root, container.env, cwd, spec.command) : undefined;
    if (problem !== undefined) {
      throw new RuntimeError(
        `failed to exec in container: failed to start exec "${this.#id()}": OCI runtime exec failed: exec failed: unable to start container process: ${problem}`,
      );
    }
    const env = new Map(container.env);
    if (spec.tty !== undefined) env.set('TERM', 'xterm');
    return this.#machine.spawn({
      ...this.#surroundings(container, {
        ...container.spec.services,
        ...(spec.probe === undefined ? {} : { probe: spec.probe }),
      }),
      env,
      argv: spec.command,
      ...(spec.program === undefined ? {} : { program: spec.program }),
      ...(spec.stdin === undefined ? {} : { stdin: spec.stdin }),
      stdout: spec.stdout,
      stderr: spec.stderr,
      ...(spec.tty === undefined ? {} : { tty: spec.tty }),
      group: 'new',
    });
  }

  /** SIGTERM, and SIGKILL after `grace` ms. Resolves when the process has ended. */
  async stopContainer(container: Container, grace: number): Promise<void> {
    const child = container.process;
    if (child === undefined) return;
    const kill = this.#machine.clock.after(grace, () => child.kill('KILL'));
    child.kill(grace > 0 ? 'TERM' : 'KILL');
    await child.exit;
    kill.cancel();
  }

  /** Deletes the container's files; its log stays with whoever holds it. */
  removeContainer(container: Container): void {
    container.terminal?.hangUp();
    const folder = container.folder.slice(0, container.folder.lastIndexOf('/'));
    if (this.#machine.files.exists(folder)) this.#machine.files.remove(folder, { recursive: true });
  }

  /** What a container's processes have in common. */
  #surroundings(container: Container, services: Services | undefined) {
    const { root, env, cwd, pids, sandbox, spec } = container;
    const own = Object.entries(spec.image.programs).map(([path, load]) => [
      path.slice(path.lastIndexOf('/') + 1),
      load,
    ]);
    const programs: ProgramTable = { ...this.#machine.programs, ...Object.fromEntries(own) };
    return {
      root,
      env: new Map(env),
      cwd,
      netns: sandbox.netns,
      hostname: sandbox.spec.hostname,
      pidNamespace: pids,
      uid: spec.uid,
      programs,
      services: services ?? {},
    };
  }

  #makeNamespace(name: string): NetworkNamespace {
    const { clock, random } = this.#machine;
    const netns = new NetworkNamespace({
      name: `${this.#machine.name}/${name}`,
      clock,
      random: random.fork(name),
      ...(this.#tap === undefined ? {} : { tap: this.#tap }),
    });
    this.#machine.namespaces.set(name, netns);
    return netns;
  }

  #dropNamespace(name: string): void {
    this.#machine.namespaces.get(name)?.destroy();
    this.#machine.namespaces.delete(name);
  }

  #id(): string {
    return this.#random.text(64, '0123456789abcdef');
  }

  #uuid(): string {
    const hex = this.#random.text(32, '0123456789abcdef');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  }
}
