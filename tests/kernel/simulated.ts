import { LinuxError } from '../../src/linux/errno.ts';
import { Machine } from '../../src/linux/machine.ts';
import { NetworkNamespace } from '../../src/linux/namespace.ts';
import { networkFiles } from '../../src/linux/network-files.ts';
import { parseIp } from '../../src/linux/packet/address.ts';
import { decodeFrame, decodePacket } from '../../src/linux/packet/decode.ts';
import { encodeFrame } from '../../src/linux/packet/encode.ts';
import type { Frame } from '../../src/linux/packet/packet.ts';
import { frameLength } from '../../src/linux/packet/size.ts';
import { Skb } from '../../src/linux/packet/skb.ts';
import { Collector, textReader } from '../../src/linux/process/streams.ts';
import { RawSocket } from '../../src/linux/socket/raw.ts';
import type { SocketOwner, TcpConnection } from '../../src/linux/socket/socket.ts';
import { TapSource } from '../../src/linux/tap/source.ts';
import type { TapEvent } from '../../src/linux/tap/tap.ts';
import { programs } from '../../src/programs/index.ts';
import type { Milliseconds, Timer } from '../../src/simulation/clock.ts';
import { eventLoopHost } from '../../src/simulation/host.ts';
import { Simulation } from '../../src/simulation/simulation.ts';
import type {
  ConnectProbe,
  FrameProbe,
  Listener,
  Met,
  Outcome,
  Plan,
  Ran,
  SendProbe,
  Step,
  WaitProbe,
} from './plan.ts';

/** Virtual milliseconds in which a probe has all its effects: below the shortest timer (a delayed ACK's 40 ms). */
const WINDOW = 10;
/** Milliseconds that a frame takes at most from one end of a link to the other. */
const LONGEST_LINK = 0.1;
const PATIENCE = 60_000;
const ETHERNET_HEADER = 14;
const owner: SocketOwner = { pid: 1, name: 'judge' };

/** Carries out a plan by our own programs. `listen` hears the tap's events; another `run` has another chance. */
export async function simulate(plan: Plan, listen?: (event: TapEvent) => void, run = 0): Promise<Outcome> {
  const network = new SimulatedNetwork(plan, listen, run);
  const steps: Ran[] = [];
  for (const step of plan.steps) steps.push(await network.run(step));
  network.capture();
  for (const listener of plan.listeners) network.listen(listener);
  const probes: Met[] = [];
  for (const probe of plan.probes) {
    if (probe.kind === 'frame') probes.push(await network.frame(probe));
    else if (probe.kind === 'send') probes.push(await network.send(probe));
    else if (probe.kind === 'wait') probes.push(await network.wait(probe));
    else probes.push(await network.connect(probe));
  }
  const answers: Ran[] = [];
  for (const question of plan.questions) answers.push(await network.run(question));
  return { steps, probes, answers };
}

/**
 * A processor of the kernel's takes the packets of all links out of one queue (softnet_data's backlog), so that which of
 * two comes first is no chance: links take no time here.
 */
class OneQueue extends Simulation {
  override after(delay: Milliseconds, task: () => void): Timer {
    return super.after(delay < LONGEST_LINK ? 0 : delay, task);
  }
}

class SimulatedNetwork {
  readonly #clock: Simulation;
  readonly #machine: Machine<NetworkNamespace>;
  #seen: Met['seen'][number][] = [];
  #heard: string[] = [];
  readonly #accepted: TcpConnection[] = [];

  constructor({ seed, namespaces }: Plan, listen: ((event: TapEvent) => void) | undefined, run: number) {
    this.#clock = new OneQueue({ seed: run === 0 ? seed : `${seed} ${run}`, host: eventLoopHost() });
    const clock = this.#clock;
    const { random } = clock;
    const tap = new TapSource();
    if (listen !== undefined) tap.listen(listen);
    const netns = new NetworkNamespace({ name: 'machine', clock, random, tap });
    const services: { namespaces?: ReadonlyMap<string, NetworkNamespace> } = {};
    const network = networkFiles(netns);
    this.#machine = new Machine({ name: 'machine', clock, random, programs, netns, network, services });
    services.namespaces = this.#machine.namespaces;
    for (const name of namespaces) {
      const sibling = netns.sibling(name);
      // As in the baseline of namespaces.py.
      sibling.setSysctl('net.ipv4.icmp_ratemask', 0);
      sibling.setSysctl('net.ipv4.neigh.default.proxy_delay', 0);
      sibling.setSysctl('net.ipv4.tcp_synack_retries', 0);
      sibling.setSysctl('net.ipv4.neigh.default.retrans_time_ms', 100_000);
      for (const all of ['all', 'default']) sibling.setSysctl(`net.ipv4.conf.${all}.send_redirects`, 0);
      this.#machine.namespaces.set(name, sibling);
    }
  }

  #namespace(name: string): NetworkNamespace {
    const found = this.#machine.namespaces.get(name);
    if (found === undefined) throw new Error(`the plan names no namespace ${name}`);
    return found;
  }

  async run({ in: name, run, stdin = '' }: Step): Promise<Ran> {
    const stdout = new Collector();
    const stderr = new Collector();
    const netns = this.#namespace(name);
    const argv = run.split(' ');
    if (argv[0] === 'cat' || !(argv[0] !== undefined && argv[0] in programs)) return byHand(netns, argv);
    const child = this.#machine.spawn({ argv, netns, stdin: textReader(stdin), stdout, stderr });
    let code: number | undefined;
    void child.exit.then((status) => {
      code = status;
    });
    await this.#clock.runUntil(() => code !== undefined, PATIENCE);
    if (code === undefined) throw new Error(`still running after ${PATIENCE} ms: ${run}`);
    return { code, stdout: stdout.text(), stderr: stderr.text() };
  }

  /** From now on all frames of all namespaces are kept. */
  capture(): void {
    for (const [name, netns] of this.#machine.namespaces) {
      netns.listener = {
        see: (device, frame, _skb, direction) => {
          if (device.kind === 'loopback' && direction === 'out') return;
          this.#seen.push([name, device.name, direction, Buffer.from(encodeFrame(frame)).toString('hex')]);
        },
        gone: () => {},
      };
    }
  }

  listen({ in: name, protocol, port, address = '0.0.0.0' }: Listener): void {
    const { sockets } = this.#namespace(name);
    const local = { address: parseIp(address) ?? 0, port };
    const where = `${name} ${protocol} ${port}`;
    if (protocol === 'tcp') {
      const listener = sockets.listenTcp(local, owner);
      const serve = async () => {
        for (;;) {
          const connection = await listener.accept();
          this.#accepted.push(connection);
          this.#heard.push(`${where} accepts ${endpoint(connection.remote)}`);
        }
      };
      void serve();
    } else {
      const socket = sockets.openUdp(local, owner);
      const serve = async () => {
        for (;;) {
          const { from, data } = await socket.receive();
          this.#heard.push(`${where} gets ${data.length} bytes from ${endpoint(from)}`);
          try {
            socket.send(from, data);
          } catch (error) {
            this.#heard.push(`${where} ${error instanceof LinuxError ? error.errno : error}`);
          }
        }
      };
      void serve();
    }
  }

  async frame({ in: name, device, bytes, pieces }: FrameProbe): Promise<Met> {
    const frame = decodeFrame(Buffer.from(bytes, 'hex'));
    if (!('source' in frame)) throw new Error(`the probe can't be read: ${JSON.stringify(frame)}`);
    const link = this.#namespace(name).link(device);
    if (link === undefined) return this.#met('ENODEV');
    if (!link.up) return this.#met('ENETDOWN');
    for (const piece of cut(frame, pieces)) {
      if (frameLength(piece) > link.mtu + ETHERNET_HEADER) return this.#met('EMSGSIZE');
      link.send(piece, new Skb(undefined, 0));
      await this.#clock.runTo(this.#clock.now() + WINDOW);
    }
    return this.#met('');
  }

  async wait({ milliseconds }: WaitProbe): Promise<Met> {
    await this.#clock.runTo(this.#clock.now() + milliseconds);
    return this.#met('');
  }

  async send({ in: name, bytes, discover }: SendProbe): Promise<Met> {
    const { stack } = this.#namespace(name);
    const packet = decodePacket(Buffer.from(bytes, 'hex'));
    if (packet.kind !== 'ip') throw new Error(`the probe can't be read: ${JSON.stringify(packet)}`);
    // raw_bind takes a broadcast address too, and speaks from none then.
    const type = stack.fib.addressType(packet.source);
    if (type === 'unicast') return this.#met('EADDRNOTAVAIL');
    const socket = new RawSocket(stack, packet.payload.protocol, type === 'local' ? packet.source : undefined);
    const { source: _source, dontFragment, ...whole } = packet;
    const outgoing = { ...whole, dontFragment: discover === true ? undefined : dontFragment };
    const met = await this.#met(socket.send(outgoing, new Skb(undefined, 0)) ?? '');
    socket.close();
    return met;
  }

  async connect({ in: name, to, port }: ConnectProbe): Promise<Met> {
    let outcome = 'pending';
    const given = new AbortController();
    const connecting = this.#namespace(name).sockets.connectTcp({ address: parseIp(to) ?? 0, port }, owner, {
      signal: given.signal,
    });
    const connected = connecting.then(
      (connection) => {
        outcome = 'connected';
        return connection;
      },
      (error: { errno?: string }) => {
        if (!given.signal.aborted) outcome = error.errno ?? String(error);
        return undefined;
      },
    );
    const first = await this.#met('');
    const answer = outcome;
    if (answer === 'pending') given.abort();
    for (const accepted of this.#accepted.splice(0)) accepted.abort();
    const second = await this.#met('');
    if (answer === 'connected') (await connected)?.abort();
    const third = await this.#met('');
    return {
      outcome: answer,
      seen: [...first.seen, ...second.seen, ...third.seen],
      heard: [...first.heard, ...second.heard, ...third.heard],
    };
  }

  async #met(outcome: string): Promise<Met> {
    await this.#clock.runTo(this.#clock.now() + WINDOW);
    const met = { outcome, seen: this.#seen, heard: this.#heard };
    this.#seen = [];
    this.#heard = [];
    return met;
  }
}

function cut(frame: Frame, pieces: FrameProbe['pieces']): readonly Frame[] {
  const { payload } = frame;
  if (pieces === undefined || payload.kind !== 'ip') return [frame];
  return pieces.map((fragment) => {
    // All of it in one: not a fragment.
    if (fragment.offset === 0 && !fragment.more) return frame;
    return { ...frame, payload: { ...payload, fragment } };
  });
}

/** What there is no program for, and files of a namespace that has no files of its own. */
function byHand(netns: NetworkNamespace, [program, option = '', setting = '']: readonly string[]): Ran {
  if (program === 'cat') {
    const { proc } = networkFiles(netns);
    const path = option.slice('/proc/'.length);
    if (proc.stat(path) === 'file') return { code: 0, stdout: proc.read(path), stderr: '' };
    return { code: 1, stdout: '', stderr: `cat: ${option}: No such file or directory\n` };
  }
  if (program !== 'sysctl' || option !== '-w') return { code: 127, stdout: '', stderr: `${program}: not found\n` };
  const [name = '', value = ''] = setting.split('=');
  netns.setSysctl(name, value);
  return { code: 0, stdout: `${name} = ${value}\n`, stderr: '' };
}

function endpoint({ address, port }: { address: number | bigint; port: number }): string {
  const bytes = [24, 16, 8, 0].map((shift) => (Number(address) >>> shift) & 255);
  return `${bytes.join('.')} ${port}`;
}
