import { LinuxError } from '../../linux/errno.ts';
import { NetworkNamespace } from '../../linux/namespace.ts';
import { priority } from '../../linux/netfilter/hook-table.ts';
import type { IpAddress } from '../../linux/packet/address.ts';
import type { TcpSegment } from '../../linux/packet/packet.ts';
import { Skb } from '../../linux/packet/skb.ts';
import type { Process } from '../../linux/process/process.ts';
import { ownerOf } from '../socket-owner.ts';
import type { TracerouteOptions } from './options.ts';
import { answer, type Probe, remarkOf } from './probe.ts';

/** What one way of probing needs to know. */
export interface Target {
  readonly process: Process;
  readonly options: TracerouteOptions;
  readonly destination: IpAddress;
  readonly source: IpAddress | undefined;
  /** Wakes who waits for answers. */
  readonly told: () => void;
}

/** A way of probing: UDP, ICMP echo, TCP SYN. */
export interface Method {
  /** Sends a probe; throws `LinuxError`. */
  send(probe: Probe, ttl: number): void;
  close(): void;
}

const IP_HEADER = 20;
const UDP_HEADER = 8;
const ICMP_HEADER = 8;
/** SYN with the options that traceroute's own packets have: MSS, SACK, timestamps, window scale. */
const TCP_WINDOW = 5840;

function filling(length: number): Uint8Array {
  return Uint8Array.from({ length: Math.max(0, length) }, (_, i) => 0x40 + (i & 0x3f));
}

/** "default": each datagram to another port, from 33434 on. "udp": always the same port. */
export function udpMethod({ process, options, destination, source, told }: Target): Method {
  const { sockets } = process.netns;
  const { clock } = process;
  let port = options.port ?? (options.method === 'udp' ? 53 : 33_434);
  const data = filling(options.length - IP_HEADER - UDP_HEADER);
  const local = { address: source ?? 0, port: options.sourcePort ?? 0 };
  return {
    send(probe, ttl) {
      const remote = { address: destination, port };
      const { device, mark, tos, dontFragment } = options;
      const socket = sockets.openUdp(local, ownerOf(process), remote, { receiveErrors: true, device, mark });
      probe.close = () => socket.close();
      if (options.method === 'default') port = (port + 1) & 0xffff;
      socket.send(remote, data, { ttl, tos, dontFragment });
      const closed = () => {};
      void socket.receiveError().then((error) => {
        const { final, remark } = remarkOf(error);
        answer(probe, clock.now(), error.offender, final, remark);
        told();
      }, closed);
      void socket.receive().then(({ from }) => {
        answer(probe, clock.now(), from.address, true);
        told();
      }, closed);
    },
    close: () => {},
  };
}

export function icmpMethod({ process, options, destination, source, told }: Target): Method {
  const { device } = options;
  const socket = process.netns.sockets.openIcmp(ownerOf(process), {
    ...(source !== undefined && { source }),
    ...(device !== undefined && { device }),
  });
  const { clock } = process;
  const sent = new Map<number, Probe>();
  let sequence = options.port ?? 1;
  const data = filling(options.length - IP_HEADER - ICMP_HEADER);
  let open = true;
  const listen = async () => {
    while (open) {
      const { type, from, sequence: answered, code, mtu } = await socket.receive();
      const probe = sent.get(answered);
      if (probe === undefined || type === 'redirect') continue;
      if (type === 'echo-reply') answer(probe, clock.now(), from, true);
      else {
        const error = { code: code as Parameters<typeof remarkOf>[0]['code'], ...(mtu !== undefined && { mtu }) };
        const { final, remark } = remarkOf(error);
        answer(probe, clock.now(), from, final, remark);
      }
      told();
    }
  };
  void listen().catch(() => {});
  return {
    send(probe, ttl) {
      sent.set(sequence, probe);
      socket.send(destination, { sequence, data, ttl, dontFragment: options.dontFragment });
      sequence = (sequence + 1) & 0xffff;
    },
    close() {
      open = false;
      socket.close();
    },
  };
}

/** A raw socket's SYNs: the kernel knows nothing of them, and answers what comes back with RST. */
export function tcpMethod({ process, options, destination, source, told }: Target): Method {
  const { netns, clock, random } = process;
  if (!(netns instanceof NetworkNamespace)) throw new TypeError('traceroute needs a simulated network namespace');
  const { stack } = netns;
  const device = options.device === undefined ? undefined : stack.deviceNamed(options.device);
  if (options.device !== undefined && device === undefined) throw new LinuxError('ENODEV');
  const port = options.port ?? 80;
  const payload = { protocol: 'tcp', destinationPort: port } as const;
  const from = source ?? stack.ip.sourceFor({ destination, payload, mark: options.mark, device });
  if (from === undefined) throw new LinuxError('ENETUNREACH');
  const byPort = new Map<number, Probe>();
  const [low, high] = stack.sysctl.localPorts;
  const unregister = stack.hooks.register('input', {
    name: 'traceroute',
    priority: priority.confirm,
    run({ packet }) {
      const { payload } = packet;
      if (payload.protocol === 'tcp' && packet.source === destination && payload.sourcePort === port) {
        const probe = byPort.get(payload.destinationPort);
        if (probe !== undefined && (payload.rst || (payload.syn && payload.ack))) {
          answer(probe, clock.now(), packet.source, true);
          told();
        }
      } else if (payload.protocol === 'icmp' && 'original' in payload) {
        const { original } = payload;
        if (original.payload.protocol !== 'tcp' || original.destination !== destination) return 'accept';
        const probe = byPort.get(original.payload.sourcePort);
        if (probe !== undefined && original.payload.destinationPort === port) {
          const { final, remark } = remarkOf(payload);
          answer(probe, clock.now(), packet.source, final, remark);
          told();
        }
      }
      return 'accept';
    },
  });
  return {
    send(probe, ttl) {
      let sourcePort = options.sourcePort ?? low + random.below(high - low + 1);
      while (options.sourcePort === undefined && byPort.has(sourcePort))
        sourcePort = low + random.below(high - low + 1);
      byPort.set(sourcePort, probe);
      const payload: TcpSegment = {
        protocol: 'tcp',
        sourcePort,
        destinationPort: port,
        sequence: random.uint32(),
        acknowledgement: 0,
        syn: true,
        ack: false,
        fin: false,
        rst: false,
        psh: false,
        window: TCP_WINDOW,
        mss: 1460,
        sackPermitted: true,
        timestamps: { value: Math.floor(clock.now()) >>> 0, echo: 0 },
        windowScale: 2,
        data: new Uint8Array(0),
      };
      const { mark, tos, dontFragment } = options;
      const owner = ownerOf(process);
      const outgoing = { source: from, destination, payload, ttl, tos, dontFragment, mark, device, owner, raw: true };
      const errno = stack.ip.send(outgoing, new Skb(owner.probe, 0));
      if (errno !== undefined) throw new LinuxError(errno);
    },
    close: () => void unregister(),
  };
}
