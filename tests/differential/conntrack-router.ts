import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { NetworkNamespace } from '../../src/linux/namespace.ts';
import { conntrackOf } from '../../src/linux/netfilter/conntrack/conntrack.ts';
import { connectionText } from '../../src/linux/netfilter/conntrack/text.ts';
import { ip, Lab, prefix } from '../../src/linux/network.fixture.ts';
import { decodeFrame } from '../../src/linux/packet/decode.ts';
import { encodeFrame } from '../../src/linux/packet/encode.ts';
import type { Frame, IpPacket } from '../../src/linux/packet/packet.ts';
import { Skb } from '../../src/linux/packet/skb.ts';

/** A wire's end: frames are put onto it and heard on it. `w1` is the wire of 10.0.1.0/24, `w2` that of 10.0.2.0/24. */
export type WireName = 'w1' | 'w2';

/** What one packet led to. */
export interface Effect {
  readonly seen: readonly { readonly wire: WireName; readonly packet: IpPacket }[];
  /** `conntrack -L`, sorted. */
  readonly table: readonly string[];
}

const WIRES = {
  w1: { port: 'left', mac: 0x020000000101, net: '10.0.1' },
  w2: { port: 'right', mac: 0x020000000201, net: '10.0.2' },
} as const;
/** All hosts on a wire have one address there. */
const HOST_MAC = 0x020000000999;
const HOST_MAC_TEXT = '02:00:00:00:09:99';
/** Hosts that the router knows the hardware address of. */
const HOSTS = [2, 3, 4, 5, 6, 7, 8, 9];

function frameFor(wire: WireName, packet: IpPacket): Frame {
  return { source: HOST_MAC, destination: WIRES[wire].mac, payload: packet };
}

/** The commands that make the router: its links, and a rule that switches tracking on and drops what is INVALID. */
function routerCommands(wires: string): string[] {
  const commands = [
    'sysctl -qw net.ipv6.conf.default.disable_ipv6=1 net.ipv6.conf.all.disable_ipv6=1',
    'ip link set lo up',
  ];
  for (const [wire, { port, mac, net }] of Object.entries(WIRES)) {
    const hex = mac
      .toString(16)
      .padStart(12, '0')
      .replace(/(..)(?=.)/g, '$1:');
    commands.push(
      `ip link add ${port} address ${hex} type veth peer name ${wire} netns ${wires}`,
      `ip -n ${wires} link set ${wire} up`,
      `ip addr add ${net}.1/24 dev ${port}`,
      `ip link set ${port} up`,
      ...HOSTS.map((host) => `ip neigh add ${net}.${host} lladdr ${HOST_MAC_TEXT} dev ${port}`),
    );
  }
  commands.push(
    'sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.all.send_redirects=0',
    'sysctl -qw net.ipv4.conf.left.send_redirects=0 net.ipv4.conf.right.send_redirects=0 net.ipv4.icmp_ratelimit=0',
    'sysctl -qw net.ipv4.conf.left.rp_filter=0 net.ipv4.conf.right.rp_filter=0',
    'iptables -A FORWARD -m conntrack --ctstate INVALID -j DROP',
  );
  return commands;
}

/** The kernel of this machine as the router. */
export class KernelRouter {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;
  readonly #name = `hopct${process.pid}`;

  constructor() {
    const script = fileURLToPath(new URL('conntrack.py', import.meta.url));
    // Debian's own where it is there: a version manager's shim takes long to start.
    const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
    this.#child = spawn(python, [script, this.#name], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async setup(commands: readonly string[]): Promise<void> {
    await this.#ask({ setup: [...routerCommands(`${this.#name}-wires`), ...commands] });
  }

  async inject(wire: WireName, packet: IpPacket): Promise<Effect> {
    const hex = Buffer.from(encodeFrame(frameFor(wire, packet))).toString('hex');
    const { seen, table } = (await this.#ask({ inject: [wire, hex] })) as {
      seen: [WireName, string][];
      table: string[];
    };
    return {
      seen: seen.flatMap(([name, bytes]) => {
        const frame = decodeFrame(new Uint8Array(Buffer.from(bytes, 'hex')));
        if (!('payload' in frame)) throw new Error(`a frame that can't be read: ${JSON.stringify(frame)} ${bytes}`);
        const { payload } = frame;
        return payload.kind === 'ip' ? [{ wire: name, packet: payload }] : [];
      }),
      table: table.sort(),
    };
  }

  /** Runs a tool in the router's namespace. */
  async run(line: string): Promise<{ code: number; stdout: string; stderr: string }> {
    return (await this.#ask({ run: line.split(' ') })) as { code: number; stdout: string; stderr: string };
  }

  close(): void {
    this.#child.stdin.end();
  }

  async #ask(question: object): Promise<object> {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error('conntrack.py has ended');
    const answer = JSON.parse(value) as { failed?: string };
    if (answer.failed !== undefined) throw new Error(answer.failed);
    return answer;
  }
}

/** The simulated router. */
export class SimulatedRouter {
  readonly #lab = new Lab();
  readonly #wires: NetworkNamespace;
  readonly router: NetworkNamespace;

  constructor(setup: (router: NetworkNamespace) => void) {
    this.router = this.#lab.namespace('router');
    this.#wires = this.#lab.namespace('wires');
    for (const [wire, { port, mac, net }] of Object.entries(WIRES)) {
      this.router.addVeth({ name: port, mac }, { name: wire, namespace: this.#wires });
      this.#wires.setLink(wire, { up: true });
      this.router.addAddress(port, prefix(`${net}.1/24`));
      this.router.setLink(port, { up: true });
      for (const host of HOSTS) this.router.addNeighbour(port, ip(`${net}.${host}`), HOST_MAC);
    }
    this.router.setSysctl('net.ipv4.ip_forward', 1);
    this.router.setSysctl('net.ipv4.icmp_ratelimit', 0);
    for (const one of ['all', 'left', 'right']) this.router.setSysctl(`net.ipv4.conf.${one}.send_redirects`, 0);
    conntrackOf(this.router.stack);
    this.router.stack.hooks.register('forward', {
      name: 'drops what is INVALID',
      priority: 0,
      run: ({ skb }) => (skb.connection === undefined ? 'drop' : 'accept'),
    });
    setup(this.router);
  }

  /** Lets virtual time go on until it is there. */
  async wait<T>(promise: Promise<T>): Promise<T> {
    const value = await this.#lab.settle(promise);
    if (value === undefined) throw new Error('it does not end');
    return value;
  }

  async inject(wire: WireName, packet: IpPacket): Promise<Effect> {
    const { clock, events } = this.#lab;
    events.splice(0);
    this.#wires.device(wire).send(frameFor(wire, packet), new Skb(undefined, 0));
    await clock.runTo(clock.now() + 5);
    const seen: { wire: WireName; packet: IpPacket }[] = [];
    for (const { namespace, stage, device, packet: frame } of events) {
      if (namespace !== 'wires' || stage !== 'receive' || frame === undefined || !('payload' in frame)) continue;
      const { payload } = frame as Frame;
      if (payload.kind === 'ip') seen.push({ wire: device as WireName, packet: payload });
    }
    const now = clock.now();
    const table = conntrackOf(this.router.stack)
      .connections()
      .map((connection) => connectionText(connection, now));
    return { seen, table: table.sort() };
  }
}

/** Why this machine can't judge; undefined: it can. */
export function conntrackLeftOut(): string | undefined {
  if (process.platform !== 'linux') return 'it needs Linux';
  if (process.getuid?.() !== 0) return 'making network namespaces needs root';
  const tools = [
    ['ip', '-V'],
    ['iptables', '--version'],
    ['conntrack', '--version'],
    ['python3', '--version'],
  ] as const;
  const missing = tools.filter(([tool, version]) => spawnSync(tool, [version]).error !== undefined);
  return missing.length === 0 ? undefined : `not on PATH: ${missing.map(([tool]) => tool).join(', ')}`;
}
