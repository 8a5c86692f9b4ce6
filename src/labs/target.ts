/**
 * One lab, two clusters: everything a lab's setup, checks and terminal need of a cluster. `targets/page`
 * and `targets/kind` implement it; `tests/contract` runs the same cases against both. All values are
 * cloneable (structured clone) and every call can be cancelled.
 */
export interface Target {
  readonly kind: 'page' | 'kind';
  /** Makes the cluster, or finishes one that is half made; reports what is being waited for. */
  create(spec: ClusterSpec, progress?: (message: string) => void, signal?: AbortSignal): Promise<ClusterInfo>;
  /** Throws the cluster away. Only ever the course's own (`hop-*`). */
  destroy(signal?: AbortSignal): Promise<void>;
  /** Applies manifests (server-side apply as `hop`, by force); waits for nothing. The engine labels them `LAB_LABEL`. */
  apply(manifests: readonly unknown[], signal?: AbortSignal): Promise<void>;
  /** Deletes every object labelled as the lab's, and what the learner made in its namespaces; waits till gone. */
  reset(signal?: AbortSignal): Promise<void>;
  /** `[]` where nothing matches. Throws `notFound` for an unknown kind. */
  get(query: ObjectQuery, signal?: AbortSignal): Promise<readonly KubeObject[]>;
  /** Calls back on each change of any object of these kinds, until `signal` aborts; may begin with what is there, as ADDED. */
  watch(
    kinds: readonly KindName[],
    change: (event: { type: string; object: KubeObject }) => void,
    signal: AbortSignal,
  ): void;
  /** Runs one command; output is cut at 1 MiB. Throws `notFound` where the place doesn't exist, `timeout` after `timeoutMs`. */
  exec(
    place: Place,
    argv: readonly string[],
    options?: { timeoutMs?: number; signal?: AbortSignal },
  ): Promise<ExecResult>;
  /** Real traffic from a place, marked as the course's own. Throws `notFound` where the place doesn't exist. */
  probe(request: ProbeRequest, signal?: AbortSignal): Promise<ProbeResult>;
  /** Runs shell commands as the learner would: in their folder, with their PATH, variables, `kubectl` and `hop`. */
  run(script: string, options?: { timeoutMs?: number; signal?: AbortSignal }): Promise<ExecResult>;
  /** The learner's shell. */
  terminal(size: { columns: number; rows: number }): Promise<TargetTerminal>;
  /** The learner's folder, where their shell starts. */
  readonly folder: Folder;
  /** Sets what `hop answer`, `vi` and `nano` reach; the engine calls it before it opens a terminal or runs anything. */
  serve(services: LearnerServices): void;
}

/** Objects of a lab's setup carry it, with the lab's id as value; `Target.reset` deletes all that do. */
export const LAB_LABEL = 'hop-by-hop/lab';

/** What the learner's own commands ask of the session. */
export interface LearnerServices {
  /** Answers the open step's question. @returns what `hop answer` prints (it exits 1 unless `right`). */
  answer(text: string): Promise<{ readonly right: boolean; readonly message: string }>;
  /** `vi FILE` and `nano FILE`: opens the page's editor on a file of the learner's folder. */
  edit(path: string): void;
}

/** Paths are relative to the folder and stay inside it (`forbidden` otherwise). */
export interface Folder {
  list(): Promise<readonly { readonly path: string; readonly size: number }[]>;
  /** Throws `notFound`. */
  read(path: string): Promise<Uint8Array>;
  /** Makes or replaces a file, and the folders on the way to it. */
  write(path: string, text: string): Promise<void>;
}

export interface ClusterSpec {
  /** The cluster's name, from `clusterName(spec)`: `hop-...`; nodes are `NAME-control-plane`, `NAME-worker`, `NAME-worker2`. */
  readonly name: string;
  readonly workers: number;
  readonly cni: 'kindnet';
  readonly proxy: 'iptables' | 'nftables';
}

export interface ClusterInfo {
  readonly name: string;
  readonly version: string;
  readonly nodes: readonly string[];
}

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** `{apiVersion: 'apps/v1', kind: 'Deployment'}`. */
export interface KindName {
  readonly apiVersion: string;
  readonly kind: string;
}

export interface ObjectQuery extends KindName {
  readonly namespace?: string;
  readonly name?: string;
  readonly labelSelector?: string;
}

/** Where a command runs or a probe starts. */
export type Place =
  | { readonly kind: 'pod'; readonly namespace: string; readonly name: string; readonly container?: string }
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'outside' };

export interface ExecResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProbeRequest {
  readonly from: Place;
  /** `http://HOST[:PORT]/PATH`, `tcp://HOST:PORT` or `icmp://HOST`. */
  readonly to: string;
  readonly timeoutMs: number;
}

export type ProbeResult =
  | {
      readonly outcome: 'reply';
      /** HTTP status, for http. */
      readonly status?: number;
      readonly body?: string;
      /** The answering pod, where the answer names it (agnhost's /hostname). */
      readonly pod?: string;
      /** The source address that the server saw, where the answer names it (agnhost's /clientip). */
      readonly source?: string;
      readonly milliseconds: number;
    }
  | { readonly outcome: 'refused' | 'timeout' | 'unresolved' | 'unreachable'; readonly detail: string };

export interface TargetTerminal {
  write(data: string): void;
  /** Calls back with output as it comes. */
  onData(listener: (data: string) => void): void;
  /** So many characters have been shown: the shell's output goes on (back-pressure). */
  ack(length: number): void;
  onExit(listener: (code: number) => void): void;
  resize(columns: number, rows: number): void;
  /** Whether a click may type here: true only while the course's own prompt waits. */
  atPrompt(): boolean;
  /** Calls back when `atPrompt` changes: true is also how a command's end is noticed. */
  onPrompt(listener: (ready: boolean) => void): void;
  close(): void;
}

/** The closed set of ways a Target fails. */
export type TargetErrorCode = 'unavailable' | 'notFound' | 'forbidden' | 'timeout' | 'unsupported';

export class TargetError extends Error {
  readonly code: TargetErrorCode;

  constructor(code: TargetErrorCode, message: string) {
    super(message);
    this.name = 'TargetError';
    this.code = code;
  }
}
