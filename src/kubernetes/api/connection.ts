import type { Reader, Writer } from '../../linux/process/process.ts';

/** Requests that need a stream both ways; the kubelet of the pod's node answers them. */
export type ConnectRequest = ExecRequest | AttachRequest | LogRequest | PortForwardRequest;

export interface ExecRequest {
  readonly kind: 'exec';
  readonly namespace: string;
  readonly pod: string;
  /** Absent: the pod's `kubectl.kubernetes.io/default-container`, or its first. */
  readonly container?: string;
  readonly command: readonly string[];
  readonly stdin?: Reader;
  readonly stdout: Writer;
  readonly stderr: Writer;
  readonly tty?: { readonly columns: number; readonly rows: number };
  readonly user: string;
  /** Aborting it is the client going away: the process gets SIGKILL. */
  readonly signal?: AbortSignal;
  /** Marks a lab check's exec; its packets are hidden from the learner by default. */
  readonly probe?: string;
}

/** As exec, but to the container's own process; resolves when that ends or the client goes away. */
export interface AttachRequest extends Omit<ExecRequest, 'kind' | 'command' | 'probe'> {
  readonly kind: 'attach';
}

export interface LogRequest {
  readonly kind: 'log';
  readonly namespace: string;
  readonly pod: string;
  readonly container?: string;
  readonly follow?: boolean;
  readonly previous?: boolean;
  readonly tailLines?: number;
  readonly sinceSeconds?: number;
  readonly timestamps?: boolean;
  readonly stdout: Writer;
  readonly user: string;
  readonly signal?: AbortSignal;
}

/** One connection to a port of the pod's own network, from within it; resolves when either side has ended it. */
export interface PortForwardRequest {
  readonly kind: 'portforward';
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
  readonly stdin: Reader;
  readonly stdout: Writer;
  readonly user: string;
  readonly signal?: AbortSignal;
}
