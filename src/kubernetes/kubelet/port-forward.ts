import { LinuxError } from '../../linux/errno.ts';
import { parseIp } from '../../linux/packet/address.ts';
import type { SocketOwner, TcpConnection } from '../../linux/socket/socket.ts';
import type { PortForwardRequest } from '../api/connection.ts';
import type { Sandbox } from '../runtime/sandbox.ts';

const OWNER: SocketOwner = { pid: 1, name: 'containerd' };
const LOCALHOST = parseIp('127.0.0.1') ?? 0;

/**
 * Joins a client to a port of the pod, as containerd does: it enters the pod's network namespace and
 * dials localhost there, so neither Services nor policies have a say. Rejects with why that failed.
 */
export async function forwardPort(sandbox: Sandbox, request: PortForwardRequest): Promise<number> {
  const { port, signal } = request;
  const { sockets } = sandbox.netns;
  const options = signal === undefined ? {} : { signal };
  const connection = await sockets
    .connectTcp({ address: LOCALHOST, port }, OWNER, options)
    .catch((failure: unknown) => Promise.reject(new Error(refused(sandbox, port, failure))));
  const close = () => connection.close();
  signal?.addEventListener('abort', close, { once: true });
  const sent = send(connection, request);
  try {
    for (;;) {
      const data = await connection.read(signal);
      if (data === undefined) break;
      await request.stdout.write(data);
    }
  } catch (failure) {
    // A reset, or a client that is gone: the stream ends, as the real one's does.
    if (!(failure instanceof LinuxError) && signal?.aborted !== true) throw failure;
  } finally {
    signal?.removeEventListener('abort', close);
    close();
  }
  void sent;
  return 0;
}

/** Until the client has no more to say, or the other side doesn't listen. */
async function send(connection: TcpConnection, { stdin, signal }: PortForwardRequest): Promise<void> {
  try {
    for (;;) {
      const data = await stdin.read(signal);
      if (data === undefined) break;
      await connection.write(data);
    }
    connection.shutdown();
  } catch {
    connection.close();
  }
}

function refused({ id, netnsName }: Sandbox, port: number, failure: unknown): string {
  const why = failure instanceof LinuxError ? failure.message.toLowerCase() : String(failure);
  const dial = (family: string, address: string) => `dial ${family} ${address}:${port}: connect: ${why}`;
  return `failed to execute portforward in network namespace "/var/run/netns/${netnsName ?? ''}": failed to connect to localhost:${port} inside namespace "${id}", IPv4: ${dial('tcp4', '127.0.0.1')} IPv6 ${dial('tcp6', '[::1]')} `;
}
