import { LinuxError } from '../../linux/errno.ts';
import { formatIp, type IpAddress, parseIp } from '../../linux/packet/address.ts';
import type { Process, Program } from '../../linux/process/process.ts';
import type { Endpoint, TcpConnection, UdpSocket } from '../../linux/socket/socket.ts';
import { Limit } from '../limit.ts';
import { serviceByPort } from '../netdb.ts';
import { ResolveFailure, resolve, resolveAddress } from '../resolve.ts';
import { ownerOf } from '../socket-owner.ts';
import { type NcOptions, NcUsage, readOptions, USAGE } from './options.ts';
import { type Conversation, relay } from './relay.ts';

const PROBE = new TextEncoder().encode('X');

/** Ends nc with its message and status 1. */
class NcFailure extends Error {}

/** nc(1): netcat-openbsd as Debian 12 has it. Busybox's nc, which has other options, is not modelled. */
export const nc: Program = async (process) => {
  const { stderr } = process;
  let options: NcOptions;
  try {
    options = readOptions(process, process.argv.slice(1));
  } catch (error) {
    if (!(error instanceof NcUsage)) throw error;
    const message = error.message === '' ? '' : `${error.message}\n`;
    await stderr.write(`${message}${error.usage ? USAGE : ''}`);
    return 1;
  }
  try {
    if (!options.listen) return await connect(process, options);
    await (options.udp ? listenUdp(process, options) : listenTcp(process, options));
    return 0;
  } catch (error) {
    if (!(error instanceof NcFailure)) throw error;
    await stderr.write(`nc: ${error.message}\n`);
    return 1;
  }
};

async function addresses(process: Process, options: NcOptions, host: string): Promise<readonly IpAddress[]> {
  const fail = (words: string) => new NcFailure(`getaddrinfo for host "${host}" port ${options.service}: ${words}`);
  if (options.numeric && parseIp(host) === undefined) throw fail('Name or service not known');
  try {
    return (await resolve(process, host, { family: options.ipv4 ? 'inet' : 'any' })).addresses;
  } catch (error) {
    if (error instanceof ResolveFailure) throw fail(error.message);
    throw error;
  }
}

async function bound(process: Process, options: NcOptions): Promise<Endpoint> {
  const [port = 0] = options.ports;
  if (options.host === undefined) return { address: 0, port };
  return { address: (await addresses(process, options, options.host))[0] ?? 0, port };
}

/** What bind(2) of a listener fails with. */
function binding<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (error instanceof LinuxError) throw new NcFailure(error.message);
    throw error;
  }
}

async function listenTcp(process: Process, options: NcOptions): Promise<void> {
  const { netns, signals } = process;
  const local = await bound(process, options);
  const owner = ownerOf(process);
  const listener = binding(() => netns.sockets.listenTcp(local, owner, { backlog: 1 }));
  for (;;) {
    if (options.verbose) await report(process, options, 'Listening', local);
    const connection = await listener.accept(signals.ended);
    if (options.verbose) await report(process, options, 'Connection received', connection.remote);
    if (!options.keep) listener.close();
    await relay(process, options, overTcp(connection));
    connection.close();
    if (!options.keep) return;
  }
}

async function listenUdp(process: Process, options: NcOptions): Promise<void> {
  const { netns, signals, stdout } = process;
  const local = await bound(process, options);
  const owner = ownerOf(process);
  for (;;) {
    const socket = binding(() => netns.sockets.openUdp(local, owner));
    try {
      if (options.verbose) await report(process, options, 'Bound', local);
      if (options.keep) {
        // Not connected: everybody is heard, nobody answered.
        for (;;) await stdout.write((await socket.receive(signals.ended)).data);
      }
      const first = await socket.receive(signals.ended);
      if (options.verbose) await report(process, options, 'Connection received', first.from);
      socket.connect(first.from);
      await relay(process, options, overUdp(socket, first.from, first.data));
    } finally {
      socket.close();
    }
    return;
  }
}

/** report_sock(): without -n the address is looked up. */
async function report(process: Process, options: NcOptions, what: string, { address, port }: Endpoint): Promise<void> {
  const ip = formatIp(address);
  let names: readonly string[] | undefined;
  try {
    if (!options.numeric) names = await resolveAddress(process, ip);
  } catch (error) {
    if (!(error instanceof ResolveFailure)) throw error;
    await process.stderr.write(`nc: getnameinfo: ${error.message}\n`);
    return;
  }
  await process.stderr.write(`${what} on ${names?.[0] ?? ip} ${port}\n`);
}

/** @returns 0 when a port was reached. */
async function connect(process: Process, options: NcOptions): Promise<number> {
  const { host = '', ports } = options;
  let status = 1;
  for (const port of ports) {
    const found = await addresses(process, options, host);
    for (const address of found) {
      const place = { address, port };
      const socket = await open(process, options, place, host);
      if (socket === undefined) continue;
      try {
        if (
          options.udp &&
          (options.scan || options.verbose) &&
          !(await probe(process, socket as UdpSocket, place, options.wait))
        )
          continue;
        if (options.scan || options.verbose) await succeeded(process, options, place, host);
        status = 0;
        if (options.scan) break;
        const conversation = options.udp ? overUdp(socket as UdpSocket, place) : overTcp(socket as TcpConnection);
        await relay(process, options, conversation);
        break;
      } finally {
        socket.close();
      }
    }
  }
  return status;
}

async function open(
  process: Process,
  options: NcOptions,
  place: Endpoint,
  host: string,
): Promise<TcpConnection | UdpSocket | undefined> {
  const { netns, clock, signals, stderr } = process;
  const owner = ownerOf(process);
  const source = options.source === undefined ? undefined : (await addresses(process, options, options.source))[0];
  const sourcePort = options.sourcePort === undefined ? undefined : Number(options.sourcePort);
  if (sourcePort !== undefined && !(sourcePort >= 0 && sourcePort <= 65535)) {
    throw new NcFailure(`getaddrinfo: Servname not supported for ai_socktype`);
  }
  const limit = new Limit(clock, options.wait === undefined ? undefined : options.wait * 1000, signals.ended);
  try {
    if (options.udp) {
      const local = { address: source ?? 0, port: sourcePort ?? 0 };
      return netns.sockets.openUdp(local, owner, place, { broadcast: options.broadcast });
    }
    return await netns.sockets.connectTcp(place, owner, { source, sourcePort, signal: limit.signal });
  } catch (error) {
    signals.ended.throwIfAborted();
    if (!(error instanceof LinuxError)) throw error;
    const bind = ['EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES'].includes(error.errno);
    if (bind && (source !== undefined || sourcePort !== undefined))
      throw new NcFailure(`bind failed: ${error.message}`);
    if (options.verbose) {
      const ip = formatIp(place.address);
      const where = host === ip ? ip : `${host} (${ip})`;
      const words = limit.over ? 'timed out: Operation now in progress' : `failed: ${error.message}`;
      await stderr.write(`nc: connect to ${where} port ${place.port} (${options.udp ? 'udp' : 'tcp'}) ${words}\n`);
    }
    return undefined;
  } finally {
    limit.stop();
  }
}

/** Debian's udptest: for three seconds, or as many as -w says. A refused datagram shows up as the next one is sent. */
async function probe({ clock, signals }: Process, socket: UdpSocket, place: Endpoint, seconds = 3): Promise<boolean> {
  try {
    socket.send(place, PROBE);
    await clock.sleep(0.1, signals.ended);
    for (let i = 0; i <= seconds; i++) {
      if (i > 0) await clock.sleep(1000, signals.ended);
      socket.send(place, PROBE);
    }
    return true;
  } catch (error) {
    if (error instanceof LinuxError) return false;
    throw error;
  }
}

async function succeeded(
  process: Process,
  options: NcOptions,
  { address, port }: Endpoint,
  host: string,
): Promise<void> {
  if (!options.verbose) return;
  const ip = formatIp(address);
  const protocol = options.udp ? 'udp' : 'tcp';
  const service = options.numeric ? undefined : serviceByPort(process, port, protocol)?.name;
  const where = host === ip ? ip : `${host} (${ip})`;
  await process.stderr.write(`Connection to ${where} ${port} port [${protocol}/${service ?? '*'}] succeeded!\n`);
}

function overTcp(connection: TcpConnection): Conversation {
  return {
    read: (signal) => connection.read(signal),
    write: (data) => connection.write(data),
    shutdown: () => connection.shutdown(),
  };
}

/** `first`: what has come already. */
function overUdp(socket: UdpSocket, peer: Endpoint, first?: Uint8Array): Conversation {
  let waiting = first;
  return {
    async read(signal) {
      const data = waiting;
      waiting = undefined;
      if (data !== undefined) return data;
      return (await socket.receive(signal)).data;
    },
    write: async (data) => socket.send(peer, data),
    shutdown: () => {},
  };
}
