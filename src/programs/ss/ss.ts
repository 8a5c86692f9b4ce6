import { LinuxError } from '../../linux/errno.ts';
import { formatIp } from '../../linux/packet/address.ts';
import type { Process, Program } from '../../linux/process/process.ts';
import type { SocketEntry } from '../../linux/socket/entry.ts';
import type { Endpoint, Sockets } from '../../linux/socket/socket.ts';
import { serviceByPort } from '../netdb.ts';
import { layOut, type Row } from './columns.ts';
import { extendedText, infoText, timerText } from './details.ts';
import { FilterFault, parseFilter } from './filter.ts';
import { readOptions, SsEnd, type SsOptions } from './options.ts';
import { stateColumn } from './states.ts';
import { USAGE } from './usage.ts';

/** ss(8) of iproute2 6.1, for IPv4 and TCP, UDP and SCTP. */
export const ss: Program = async (process) => {
  const { argv, stdout, stderr } = process;
  try {
    const options = readOptions(argv.slice(1));
    const sockets = socketsOf(process, options.netns);
    if (options.summary) await stdout.write(summary(sockets.list()));
    else await stdout.write(table(process, options, sockets.list()));
    return 0;
  } catch (error) {
    if (error instanceof FilterFault) {
      await stderr.write(`${error.message}\n${error.usage ? USAGE : ''}`);
      return error.usage ? 255 : 1;
    }
    if (!(error instanceof SsEnd)) throw error;
    const message = error.message === '' ? '' : `${error.message}\n`;
    await (error.status === 0 ? stdout : stderr).write(message + (error.usage === undefined ? '' : USAGE));
    return error.status;
  }
};

function socketsOf({ netns, services }: Process, name: string | undefined): Sockets {
  if (name === undefined) return netns.sockets;
  const named = services.namespaces?.get(name);
  if (named === undefined) throw new SsEnd(`Cannot open network namespace "${name}": No such file or directory`, 1);
  return named.sockets;
}

function table(process: Process, options: SsOptions, sockets: readonly SocketEntry[]): string {
  const filter = options.filter.length === 0 ? undefined : parseFilter(process, options.filter);
  const entries = options.protocols.flatMap((protocol) =>
    sockets.filter(
      (entry) =>
        entry.protocol === protocol && options.states.has(entry.state) && (filter === undefined || filter(entry)),
    ),
  );
  const users = new Users(process);
  const rows = entries.map((entry) => row(process, options, entry, users));
  const shown = { header: options.header, netid: options.protocols.length !== 1, state: options.states.size !== 1 };
  return layOut(rows, shown);
}

function row(process: Process, options: SsOptions, entry: SocketEntry, users: Users): Row {
  const { protocol, state, local, remote, device, receiveQueue, sendQueue, timer, tcp } = entry;
  const address = ({ address: ip }: Endpoint) => `${formatIp(ip)}${device === undefined ? '' : `%${device}`}:`;
  const port = ({ port: number }: Endpoint) => {
    if (number === 0) return '*';
    const known =
      options.numeric || isEphemeral(process, number) ? undefined : serviceByPort(process, number, protocol);
    return known?.name ?? String(number);
  };
  const peer = remote ?? { address: 0, port: 0 };
  let details = options.processes ? users.of(entry) : '';
  if (options.timers && timer !== undefined) details += timerText(timer);
  if (options.extended) details += extendedText(entry, entry.inode);
  if (options.info && tcp !== undefined && state !== 'LISTEN') {
    details += `${options.oneLine ? '' : '\n\t'}${infoText(tcp, options.timers, options.numeric)}`;
  }
  return {
    netid: protocol,
    state: stateColumn(state),
    receiveQueue: String(receiveQueue).padEnd(6),
    sendQueue: String(sendQueue).padEnd(6),
    localAddress: address(local),
    localPort: port(local),
    peerAddress: remote === undefined ? '0.0.0.0:' : `${formatIp(peer.address)}:`,
    peerPort: port(peer),
    process: details,
  };
}

/** Ports that the kernel gives away have no service's name. */
function isEphemeral({ files }: Process, port: number): boolean {
  try {
    const [low = 0, high = 0] = files
      .readText('/proc/sys/net/ipv4/ip_local_port_range')
      .trim()
      .split(/\s+/)
      .map(Number);
    return port >= low && port <= high;
  } catch (error) {
    if (error instanceof LinuxError) return false;
    throw error;
  }
}

/** Whose a socket is, as far as this process can see: `/proc/PID/fd` of its own pid namespace. */
class Users {
  readonly #processes = new Map<AbortSignal, { readonly pid: number; readonly name: string }>();

  constructor(process: Process) {
    for (const { pid, argv, ended } of process.processes()) {
      this.#processes.set(ended, { pid, name: (argv[0] ?? '').replace(/^.*\//, '').slice(0, 15) });
    }
  }

  of({ owner, fd }: SocketEntry): string {
    const found = owner?.ended === undefined ? undefined : this.#processes.get(owner.ended);
    return found === undefined ? '' : ` users:(("${found.name}",pid=${found.pid},fd=${fd}))`;
  }
}

/** `-s`. */
function summary(sockets: readonly SocketEntry[]): string {
  const of = (protocol: SocketEntry['protocol']) => sockets.filter((entry) => entry.protocol === protocol);
  const tcp = of('tcp');
  const count = (...states: readonly string[]) => tcp.filter(({ state }) => states.includes(state)).length;
  const waiting = count('TIME_WAIT');
  const orphans = tcp.filter(
    ({ owner, state }) => owner === undefined && state !== 'TIME_WAIT' && state !== 'SYN_RECV',
  );
  const used = tcp.length - waiting;
  const lines: readonly (readonly [string, number])[] = [
    ['RAW', of('icmp').length],
    ['UDP', of('udp').length],
    ['TCP', used],
    ['INET', of('icmp').length + of('udp').length + used],
    ['FRAG', 0],
  ];
  const rows = lines.map(
    ([name, total]) => `${name}\t  ${String(total).padEnd(9)} ${String(total).padEnd(9)} 0        \n`,
  );
  return (
    `Total: ${sockets.length - waiting}\n` +
    `TCP:   ${used + waiting} (estab ${count('ESTABLISHED')}, closed ${waiting}, orphaned ${orphans.length}, timewait ${waiting})\n\n` +
    `Transport Total     IP        IPv6\n${rows.join('')}\n`
  );
}
