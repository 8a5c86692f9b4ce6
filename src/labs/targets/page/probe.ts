import { type Errno, LinuxError } from '../../../linux/errno.ts';
import type { Process, Program } from '../../../linux/process/process.ts';
import type { Endpoint, SocketOwner } from '../../../linux/socket/socket.ts';
import { requestHttp } from '../../../programs/http/client.ts';
import { HttpError } from '../../../programs/http/message-reader.ts';
import { resolveHost } from '../../../programs/resolve.ts';
import { type ProbeRequest, type ProbeResult, TargetError } from '../../target.ts';
import type { PageCluster } from './cluster.ts';
import { execute } from './execute.ts';

/** Whose packets they are: hidden from the learner's captures, counters and walks by default. */
export const PROBE = 'check';

/** What a probe does once it has its socket's peer. */
type Send = (process: Process, peer: Endpoint, owner: SocketOwner, signal: AbortSignal) => Promise<Reply>;
type Reply = Omit<Extract<ProbeResult, { outcome: 'reply' }>, 'outcome' | 'milliseconds'>;

/** Sends real traffic from a place: a process of its own there, with the place's network and names. */
export async function probeFrom(
  cluster: PageCluster,
  { from, to, timeoutMs }: ProbeRequest,
  signal?: AbortSignal,
): Promise<ProbeResult> {
  const match = /^(http|tcp|icmp):\/\/([^/:]+)(?::(\d+))?(\/.*)?$/.exec(to);
  if (match === null)
    throw new TargetError('unsupported', `Probes speak http, tcp and icmp: nothing can be sent to "${to}".`);
  const [, protocol = '', host = '', port = '80', path = '/'] = match;
  const send = senders[protocol as keyof typeof senders](host, path);
  const { clock } = cluster;
  let result: ProbeResult | undefined;
  const program: Program = async (process) => {
    const address = resolveHost(process, host);
    if (address === undefined) {
      result = { outcome: 'unresolved', detail: `no address is known for ${host}` };
      return 0;
    }
    const over = new AbortController();
    const timer = clock.after(timeoutMs, () => {
      clock.woke();
      over.abort(new LinuxError('ETIMEDOUT'));
    });
    const started = clock.now();
    const owner = { pid: process.pid, name: 'hop-check', probe: PROBE };
    try {
      const reply = await send(process, { address, port: Number(port) }, owner, over.signal);
      result = { outcome: 'reply', ...reply, milliseconds: clock.now() - started };
    } catch (error) {
      const outcome = outcomeOf(error);
      if (outcome === undefined) throw error;
      result = { outcome, detail: `${to}: ${(error as Error).message}` };
    } finally {
      timer.cancel();
    }
    return 0;
  };
  const { stderr } = await execute(cluster, from, ['hop-check', to], { program, probe: PROBE, signal });
  if (result === undefined) throw new TargetError('unavailable', `The probe did not end well: ${stderr}`);
  return result;
}

type Failed = Exclude<ProbeResult['outcome'], 'reply'>;

/** undefined: a fault of ours. */
function outcomeOf(error: unknown): Failed | undefined {
  // The connection was opened and then cut without an answer.
  if (error instanceof HttpError) return 'refused';
  return error instanceof LinuxError ? (outcomes[error.errno] ?? 'unreachable') : undefined;
}

const outcomes: Partial<Record<Errno, Failed>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'refused',
  EPIPE: 'refused',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
};

const senders: Readonly<Record<'http' | 'tcp' | 'icmp', (host: string, path: string) => Send>> = {
  http: (host, path) => async (process, peer, owner, signal) => {
    const connection = await process.netns.sockets.connectTcp(peer, owner, { signal });
    try {
      const headers = [
        ['Host', peer.port === 80 ? host : `${host}:${peer.port}`],
        ['User-Agent', 'hop-check'],
        ['Accept', '*/*'],
        ['Connection', 'close'],
      ] as const;
      const answer = await requestHttp(connection, { method: 'GET', target: path, headers }, signal);
      const body = new TextDecoder().decode(answer.body);
      // agnhost's /hostname names the pod, /clientip the address and port that it saw.
      return {
        status: answer.status,
        body,
        ...(path === '/hostname' ? { pod: body.trim() } : {}),
        ...(path === '/clientip' ? { source: body.trim().replace(/:\d+$/, '') } : {}),
      };
    } finally {
      connection.close();
    }
  },

  tcp: () => async (process, peer, owner, signal) => {
    const connection = await process.netns.sockets.connectTcp(peer, owner, { signal });
    connection.close();
    return {};
  },

  icmp: () => async (process, peer, owner, signal) => {
    const socket = process.netns.sockets.openIcmp(owner);
    try {
      socket.send(peer.address, { sequence: 1, data: new Uint8Array(56) });
      const reply = await socket.receive(signal);
      if (reply.type !== 'echo-reply') throw new LinuxError('EHOSTUNREACH');
      return {};
    } finally {
      socket.close();
    }
  },
};
