import type { Device } from '../linux/device/device.ts';
import { selectSource } from '../linux/ip/configuration.ts';
import { NetworkNamespace } from '../linux/namespace.ts';
import {
  BROADCAST_MAC,
  formatIp,
  formatMac,
  type IpAddress,
  type MacAddress,
  parseIp,
} from '../linux/packet/address.ts';
import { decodeFrame } from '../linux/packet/decode.ts';
import type { ArpPacket } from '../linux/packet/packet.ts';
import { Skb } from '../linux/packet/skb.ts';
import type { Process, Program } from '../linux/process/process.ts';
import { PacketSocket } from '../linux/socket/packet.ts';
import type { Milliseconds } from '../simulation/clock.ts';
import { ResolveFailure, resolve } from './resolve.ts';
import { ownerOf } from './socket-owner.ts';

const USAGE = `
Usage:
  arping [options] <destination>

Options:
  -f            quit on first reply
  -q            be quiet
  -b            keep on broadcasting, do not unicast
  -D            duplicate address detection mode
  -U            unsolicited ARP mode, update your neighbours
  -A            ARP answer mode, update your neighbours
  -V            print version and exit
  -c <count>    how many packets to send
  -w <timeout>  how long to wait for a reply
  -i <interval> set interval between packets (default: 1 second)
  -I <device>   which ethernet device to use
  -s <source>   source ip address
  <destination> dns name or ip address

For more details see arping(8).
`;
const VERSION = `arping from iputils 20221126
libcap: yes, IDN: yes, NLS: no, error.h: yes, getrandom(): yes, __fpending(): yes
`;
const SECOND: Milliseconds = 1000;

interface Options {
  readonly flags: Set<string>;
  count: number;
  timeout: Milliseconds | undefined;
  interval: Milliseconds;
  device: string | undefined;
  source: string | undefined;
  target: string | undefined;
}

class Failed extends Error {}
class WrongUsage extends Error {}

function parse(args: readonly string[]): Options {
  const options: Options = {
    flags: new Set(),
    count: Number.POSITIVE_INFINITY,
    timeout: undefined,
    interval: SECOND,
    device: undefined,
    source: undefined,
    target: undefined,
  };
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? '';
    if (!word.startsWith('-') || word === '-') {
      if (options.target !== undefined) throw new WrongUsage('');
      options.target = word;
      continue;
    }
    for (let at = 1; at < word.length; at++) {
      const letter = word.charAt(at);
      if ('fqbDUAVh'.includes(letter)) {
        options.flags.add(letter);
        continue;
      }
      if (!'cwiIs'.includes(letter)) throw new WrongUsage(`arping: invalid option -- '${letter}'\n`);
      const rest = word.slice(at + 1);
      const value = rest === '' ? args[++i] : rest;
      if (value === undefined) throw new WrongUsage(`arping: option requires an argument -- '${letter}'\n`);
      const number = () => {
        if (!/^\d+$/.test(value) || Number(value) === 0) throw new Failed(`invalid argument: '${value}'`);
        return Number(value);
      };
      if (letter === 'c') options.count = number();
      else if (letter === 'w') options.timeout = number() * SECOND;
      else if (letter === 'i') options.interval = number() * SECOND;
      else if (letter === 'I') options.device = value;
      else options.source = value;
      break;
    }
  }
  return options;
}

/** arping(8) of iputils: asks the link who has an address, or tells it. */
export const arping: Program = async (process) => {
  const { netns, stdout, stderr } = process;
  if (!(netns instanceof NetworkNamespace)) throw new TypeError('arping needs a simulated network namespace');
  try {
    const options = parse(process.argv.slice(1));
    if (options.flags.has('V')) {
      await stdout.write(VERSION);
      return 0;
    }
    if (options.target === undefined || options.flags.has('h')) throw new WrongUsage('');
    return await run(process, netns, options, options.target);
  } catch (error) {
    if (error instanceof WrongUsage) await stderr.write(`${error.message}${USAGE}`);
    else if (error instanceof Failed) await stderr.write(`arping: ${error.message}\n`);
    else throw error;
    return 2;
  }
};

async function addressOf(process: Process, name: string): Promise<IpAddress> {
  try {
    const [address = 0] = (await resolve(process, name, { family: 'inet' })).addresses;
    return address;
  } catch (error) {
    if (!(error instanceof ResolveFailure)) throw error;
    throw new Failed(`${name}: ${error.message}`);
  }
}

/** The device that was asked for, or the first that can do ARP. */
function deviceOf(netns: NetworkNamespace, name: string | undefined): Device {
  if (name === undefined) {
    const found = netns.links().find((device) => device.up && device.needsArp && device.addresses.length > 0);
    if (found === undefined) throw new Failed('no suitable device found, please use option -I.');
    return found;
  }
  const device = netns.link(name);
  if (device === undefined) throw new Failed(`Device ${name} not available.`);
  return device;
}

async function run(process: Process, netns: NetworkNamespace, options: Options, name: string): Promise<number> {
  const { clock, stdout, signals } = process;
  const { flags } = options;
  const device = deviceOf(netns, options.device);
  if (!device.up) throw new Failed(`Interface "${device.name}" is down`);
  if (!device.needsArp) {
    if (!flags.has('q')) await stdout.write(`Interface "${device.name}" is not ARPable\n`);
    return 2;
  }
  const target = await addressOf(process, name);
  const unsolicited = flags.has('U') || flags.has('A');
  const source = sourceOf(netns, device, target, options, unsolicited);
  const socket = PacketSocket.open(netns, ownerOf(process), { device });
  const began = clock.now();
  const state = { sent: 0, broadcasts: 0, received: 0, last: began };
  let known: MacAddress | undefined;
  const say = async (text: string) => {
    if (!flags.has('q')) await stdout.write(text);
  };
  const send = () => {
    const to = known !== undefined && !flags.has('b') ? known : BROADCAST_MAC;
    const operation: ArpPacket['operation'] = flags.has('A') ? 'reply' : 'request';
    const payload: ArpPacket = {
      kind: 'arp',
      operation,
      senderMac: device.mac,
      senderIp: source,
      targetMac: flags.has('A') ? device.mac : to,
      targetIp: target,
    };
    state.sent++;
    if (to === BROADCAST_MAC) state.broadcasts++;
    state.last = clock.now();
    device.send({ source: device.mac, destination: to, payload }, new Skb(process.services.probe, 0));
  };
  await say(`ARPING ${formatIp(target)} from ${formatIp(source)} ${device.name}\n`);
  const stop = new AbortController();
  signals.on('INT', () => stop.abort());
  const end = options.timeout === undefined ? Number.POSITIVE_INFINITY : began + options.timeout;
  try {
    send();
    for (;;) {
      const enough = flags.has('f') && state.received > 0;
      const all = state.sent >= options.count && (state.received >= options.count || unsolicited);
      if (stop.signal.aborted || enough || all || (flags.has('D') && state.received > 0)) break;
      const next = state.last + options.interval;
      const until = Math.min(next, end);
      if (clock.now() >= until) {
        if (clock.now() >= end || state.sent >= options.count) break;
        send();
        continue;
      }
      const captured = await receiveUntil(process, socket, until, stop.signal);
      if (captured === undefined) continue;
      const frame = decodeFrame(captured);
      if (!('payload' in frame) || frame.payload.kind !== 'arp') continue;
      const { payload: arp } = frame;
      const mine = flags.has('D') || arp.targetIp === source;
      if (arp.operation !== 'reply' || arp.senderIp !== target || !mine || arp.senderMac === device.mac) continue;
      state.received++;
      known = arp.senderMac;
      const how = frame.destination === BROADCAST_MAC ? 'Broadcast' : 'Unicast';
      const took = (clock.now() - state.last).toFixed(3);
      await say(`${how} reply from ${formatIp(arp.senderIp)} [${formatMac(arp.senderMac).toUpperCase()}]  ${took}ms\n`);
    }
  } finally {
    socket.close();
  }
  const { sent, broadcasts, received } = state;
  await say(`Sent ${sent} probes (${broadcasts} broadcast(s))\nReceived ${received} response(s)\n`);
  if (flags.has('D')) return received > 0 ? 1 : 0;
  return unsolicited || received > 0 ? 0 : 1;
}

function sourceOf(
  netns: NetworkNamespace,
  device: Device,
  target: IpAddress,
  { source, flags }: Options,
  unsolicited: boolean,
): IpAddress {
  const given = source === undefined ? undefined : parseIp(source);
  if (source !== undefined && given === undefined) throw new Failed(`invalid source ${source}`);
  const asked = given ?? (unsolicited ? target : undefined);
  if (flags.has('D')) return given ?? 0;
  if (asked !== undefined) {
    if (!netns.stack.fib.isLocal(asked)) throw new Failed('bind: Cannot assign requested address');
    return asked;
  }
  return selectSource(device, target, 'link', netns.links()) ?? 0;
}

/** The next frame; `undefined` when the time has come. */
async function receiveUntil(
  { clock, signals }: Process,
  socket: PacketSocket,
  time: Milliseconds,
  stopped: AbortSignal,
): Promise<Uint8Array | undefined> {
  const controller = new AbortController();
  const stop = () => controller.abort();
  const timer = Number.isFinite(time) ? clock.after(Math.max(0, time - clock.now()), stop) : undefined;
  for (const signal of [signals.ended, stopped]) signal.addEventListener('abort', stop, { once: true });
  try {
    const captured = await socket.receive(controller.signal);
    // A process that was killed has no socket any more, which is heard here before the signal.
    signals.ended.throwIfAborted();
    return captured?.bytes;
  } catch (error) {
    signals.ended.throwIfAborted();
    if (!controller.signal.aborted) throw error;
    return undefined;
  } finally {
    timer?.cancel();
    for (const signal of [signals.ended, stopped]) signal.removeEventListener('abort', stop);
  }
}
