import { LinuxError } from '../../linux/errno.ts';
import type { NetworkNamespace } from '../../linux/namespace.ts';
import { parseIp } from '../../linux/packet/address.ts';
import { Collector } from '../../linux/process/streams.ts';
import type { SocketOwner } from '../../linux/socket/socket.ts';
import { requestHttp } from '../../programs/http/client.ts';
import { RuntimeError } from '../runtime/container.ts';
import type { Container, Probe } from '../types/container.ts';
import { kubernetesVersion } from '../version.ts';
import type { KubeletContext } from './context.ts';
import type { ContainerRecord } from './record.ts';

export interface ProbeResult {
  readonly ok: boolean;
  readonly message: string;
  /** The probe could not be carried out at all. */
  readonly error?: boolean;
}

const OWNER: SocketOwner = { pid: 1, name: 'kubelet' };
const USER_AGENT = `kube-probe/${kubernetesVersion.split('.').slice(0, 2).join('.')}`;

/** Probes once, from the node's own network. Never rejects but for `signal`. */
export async function probeOnce(
  context: KubeletContext,
  probe: Probe,
  record: ContainerRecord,
  podIp: string,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const timeout = (probe.timeoutSeconds ?? 1) * 1000;
  const limit = deadline(context, timeout, signal);
  try {
    if (probe.exec !== undefined)
      return await execProbe(context, probe.exec.command ?? [], record, timeout, limit.signal);
    if (probe.httpGet !== undefined)
      return await httpProbe(context.machine.netns, probe.httpGet, record.spec, podIp, limit);
    if (probe.tcpSocket !== undefined) {
      return await tcpProbe(context.machine.netns, probe.tcpSocket, record.spec, podIp, limit);
    }
    return { ok: false, message: 'only httpGet, tcpSocket and exec probes are modelled in this cluster', error: true };
  } finally {
    limit.done();
  }
}

interface Deadline {
  readonly signal: AbortSignal;
  readonly over: () => boolean;
  done(): void;
}

/** Aborts after `timeout` ms, or with `parent`. */
function deadline({ clock }: KubeletContext, timeout: number, parent: AbortSignal): Deadline {
  const controller = new AbortController();
  let over = false;
  const timer = clock.after(timeout, () => {
    over = true;
    clock.woke();
    controller.abort(new Error('the probe took too long'));
  });
  const abort = () => controller.abort(parent.reason);
  parent.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    over: () => over,
    done() {
      timer.cancel();
      parent.removeEventListener('abort', abort);
    },
  };
}

async function httpProbe(
  netns: NetworkNamespace,
  get: NonNullable<Probe['httpGet']>,
  container: Container,
  podIp: string,
  limit: Deadline,
): Promise<ProbeResult> {
  const port = portNumber(get.port, container);
  const host = get.host ?? podIp;
  const address = parseIp(host);
  if (port === undefined) return { ok: false, message: `couldn't find port: ${get.port}`, error: true };
  if ((get.scheme ?? 'HTTP') !== 'HTTP')
    return { ok: false, message: 'HTTPS probes are not modelled in this cluster', error: true };
  const path = get.path?.startsWith('/') ? get.path : `/${get.path ?? ''}`;
  const url = `http://${host}:${port}${path}`;
  const fail = (why: string): ProbeResult => ({ ok: false, message: `Get "${url}": ${why}` });
  if (address === undefined) return fail(`dial tcp: lookup ${host}: no such host`);
  try {
    const connection = await netns.sockets.connectTcp({ address, port }, OWNER, { signal: limit.signal });
    try {
      const custom = (get.httpHeaders ?? []).map(({ name, value }): [string, string] => [name, value]);
      const headers: [string, string][] = [
        ['Host', `${host}:${port}`],
        ['User-Agent', USER_AGENT],
        ['Accept', '*/*'],
        ...custom,
      ];
      const { status } = await requestHttp(connection, { method: 'GET', target: path, headers }, limit.signal);
      if (status >= 200 && status < 400) return { ok: true, message: '' };
      return { ok: false, message: `HTTP probe failed with statuscode: ${status}` };
    } finally {
      connection.close();
    }
  } catch (failure) {
    if (limit.over()) return fail('context deadline exceeded (Client.Timeout exceeded while awaiting headers)');
    return fail(dialError(failure, `${host}:${port}`));
  }
}

async function tcpProbe(
  netns: NetworkNamespace,
  socket: NonNullable<Probe['tcpSocket']>,
  container: Container,
  podIp: string,
  limit: Deadline,
): Promise<ProbeResult> {
  const port = portNumber(socket.port, container);
  const host = socket.host ?? podIp;
  const address = parseIp(host);
  if (port === undefined) return { ok: false, message: `couldn't find port: ${socket.port}`, error: true };
  if (address === undefined) return { ok: false, message: `dial tcp: lookup ${host}: no such host` };
  try {
    const connection = await netns.sockets.connectTcp({ address, port }, OWNER, { signal: limit.signal });
    connection.close();
    return { ok: true, message: '' };
  } catch (failure) {
    if (limit.over()) return { ok: false, message: `dial tcp ${host}:${port}: i/o timeout` };
    return { ok: false, message: dialError(failure, `${host}:${port}`) };
  }
}

/** Go's words for a connection that did not come about. */
function dialError(failure: unknown, to: string): string {
  if (!(failure instanceof LinuxError)) return failure instanceof Error ? failure.message : String(failure);
  if (failure.errno === 'ECONNRESET' || failure.errno === 'EPIPE')
    return `read tcp ${to}: ${failure.message.toLowerCase()}`;
  return `dial tcp ${to}: connect: ${failure.message.toLowerCase()}`;
}

async function execProbe(
  context: KubeletContext,
  command: readonly string[],
  record: ContainerRecord,
  timeout: number,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const container = record.current;
  if (container === undefined) return { ok: false, message: 'container not running', error: true };
  const output = new Collector(10 * 1024);
  try {
    const child = context.runtime.exec(container, { command, stdout: output, stderr: output });
    const kill = () => child.kill('KILL');
    signal.addEventListener('abort', kill, { once: true });
    const code = await child.exit;
    signal.removeEventListener('abort', kill);
    if (signal.aborted)
      return { ok: false, message: `command timed out: "${command.join(' ')}" timed out after ${timeout / 1000}s` };
    return { ok: code === 0, message: output.text() };
  } catch (failure) {
    if (!(failure instanceof RuntimeError)) throw failure;
    return { ok: false, message: failure.message, error: true };
  }
}

/** Ports may go by their names in the container's list. */
function portNumber(port: number | string, container: Container): number | undefined {
  if (typeof port === 'number') return port;
  if (/^\d+$/.test(port)) return Number(port);
  return container.ports?.find(({ name }) => name === port)?.containerPort;
}
