import type { Files } from '../../linux/files/files.ts';
import type { PidNamespace } from '../../linux/process/pids.ts';
import type { Child, Services, Writer } from '../../linux/process/process.ts';
import type { TerminalDevice } from '../../linux/tty/terminal.ts';
import type { Image } from '../images/image.ts';
import type { ContainerLog } from './log.ts';
import type { Sandbox } from './sandbox.ts';

/** What is to run. `command` and `args` replace the image's entrypoint and command as in the pod's fields. */
export interface ContainerSpec {
  readonly name: string;
  readonly image: Image;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly workingDir?: string;
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly uid: number;
  readonly services?: Services;
  /** Mounts volumes and writes /etc/hosts and its like into the new root. */
  prepare(root: Files): void;
}

export interface Container {
  readonly id: string;
  readonly spec: ContainerSpec;
  readonly sandbox: Sandbox;
  readonly root: Files;
  /** Where the root lies on the node. */
  readonly folder: string;
  readonly env: ReadonlyMap<string, string>;
  readonly cwd: string;
  readonly argv: readonly string[];
  readonly pids: PidNamespace;
  readonly log: ContainerLog;
  /** Of a container with `tty`. */
  readonly terminal?: TerminalDevice;
  /** Where others write what a container with `stdin` reads. */
  input?: Writer;
  /** Once it runs. */
  process?: Child;
}

/** The runtime's refusal, in containerd's and runc's words. */
export class RuntimeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RuntimeError';
  }
}
