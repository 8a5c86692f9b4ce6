import type { Device } from '../../linux/device/device.ts';
import { NetworkNamespace } from '../../linux/namespace.ts';
import type { Process, Program } from '../../linux/process/process.ts';
import { featuresOf } from './features.ts';
import { driverOf, settingsOf } from './settings.ts';

const FEATURES = ['-k', '--show-features', '--show-offload'];
const CHANGE = ['-K', '--features', '--offload'];

/** What `-K` knows, by all its names. */
const NAMES: Readonly<Record<string, 'tx' | 'tso'>> = {
  tx: 'tx',
  'tx-checksumming': 'tx',
  'tx-checksum-ip-generic': 'tx',
  tso: 'tso',
  'tcp-segmentation-offload': 'tso',
  'tx-tcp-segmentation': 'tso',
};
const NOT_MODELLED = [
  'rx',
  'sg',
  'gso',
  'gro',
  'lro',
  'ufo',
  'rxvlan',
  'txvlan',
  'ntuple',
  'rxhash',
  'rx-checksumming',
  'scatter-gather',
  'generic-segmentation-offload',
  'generic-receive-offload',
];

const USAGE = `ethtool version 6.1
Usage:
        ethtool DEVNAME	Display standard information about device
        ethtool -k|--show-features|--show-offload DEVNAME	Get state of protocol offload and other features
        ethtool -K|--features|--offload DEVNAME	Set protocol offload and other features
		FEATURE on|off ...
        ethtool -i|--driver DEVNAME	Show driver information
        ethtool -h|--help		Show this help
        ethtool --version		Show version number
Other options of the real tool are not modelled in this simulation.
`;

/** ethtool(8) 6.1: `-k` and `-K`, as far as they decide which packets a capture shows. */
export const ethtool: Program = async (process) => {
  const { netns } = process;
  if (!(netns instanceof NetworkNamespace)) throw new TypeError('ethtool needs a simulated network namespace');
  const [, option, name, ...words] = process.argv;
  if (option === '--version') {
    await process.stdout.write('ethtool version 6.1\n');
    return 0;
  }
  if (option === '-h' || option === '--help') {
    await process.stdout.write(USAGE);
    return 0;
  }
  if (option !== undefined && name === undefined && !option.startsWith('-')) return settings(process, netns, option);
  if (option === undefined || name === undefined) {
    return refuse(process, 'ethtool: bad command line argument(s)\nFor more information run ethtool -h', 1);
  }
  if (option === '-i' || option === '--driver') return driver(process, netns.link(name));
  const show = FEATURES.includes(option);
  if (!show && !CHANGE.includes(option)) {
    const what = option.startsWith('-') ? `option ${option}` : 'what is not a feature of a device';
    return refuse(process, `ethtool: ${what} is not modelled in this simulation`, 1);
  }
  const device = netns.link(name);
  if (device === undefined) {
    const message = 'netlink error: no device matches name (offset 24)\nnetlink error: No such device';
    return refuse(process, message, show ? 1 : 92);
  }
  if (!show) return change(process, device, words);
  const lines = featuresOf(device).map(({ name: feature, below, on, fixed, requested }) => {
    const rest = fixed ? ' [fixed]' : requested ? ' [requested on]' : '';
    return `${below ? '\t' : ''}${feature}: ${on ? 'on' : 'off'}${rest}`;
  });
  await process.stdout.write(`Features for ${device.name}:\n${lines.join('\n')}\n`);
  return 0;
};

async function settings(process: Process, netns: NetworkNamespace, name: string): Promise<number> {
  const device = netns.link(name);
  if (device === undefined) {
    // One refusal for each of the five questions that it asks.
    const message = 'netlink error: no device matches name (offset 24)\nnetlink error: No such device\n';
    return refuse(process, `${message.repeat(5)}No data available`, 75);
  }
  await process.stdout.write(settingsOf(device, netns));
  return 0;
}

async function driver(process: Process, device: Device | undefined): Promise<number> {
  const text = device === undefined ? undefined : driverOf(device);
  if (text === undefined) {
    const why = device === undefined ? 'No such device' : 'Operation not supported';
    return refuse(process, `Cannot get driver information: ${why}`, 71);
  }
  await process.stdout.write(text);
  return 0;
}

async function change(process: Process, device: Device, words: readonly string[]): Promise<number> {
  if (words.length === 0) return refuse(process, 'Could not change any device features', 1);
  let { offload } = device;
  for (let i = 0; i < words.length; i += 2) {
    const [word = '', value = ''] = words.slice(i, i + 2);
    if (value !== 'on' && value !== 'off') {
      const message = `ethtool (-K): flag '${value}' for parameter '(null)' is not followed by 'on' or 'off'`;
      return refuse(process, message, 1);
    }
    if (
      NOT_MODELLED.includes(word) ||
      featuresOf(device).some((one) => one.name === word && NAMES[word] === undefined)
    ) {
      return refuse(process, `ethtool: feature ${word} is not modelled in this simulation`, 1);
    }
    const key = NAMES[word];
    // Where the word stands in the request, behind the device's name with its ending zero, padded to four bytes.
    const offset = 48 + Math.ceil((device.name.length + 1) / 4) * 4;
    if (key === undefined) {
      return refuse(
        process,
        `netlink error: bit name not found (offset ${offset})\nnetlink error: Operation not supported`,
        92,
      );
    }
    offload = { ...offload, [key]: value === 'on' };
  }
  const before = new Map(featuresOf(device).map((one) => [one.name, one]));
  const old = device.offload;
  if (device.kind === 'loopback' && !offload.tx) {
    offload = { ...offload, tx: true };
    const fixed = ['tx-checksum-ip-generic', 'tx-checksum-sctp'].map((one) => `${one}: on [requested off]\n`);
    await process.stdout.write(`Actual changes:\n${fixed.join('')}`);
  }
  device.offload = offload;
  if (offload.tx === old.tx && offload.tso === old.tso) return 0;
  await tell(process, device, before, offload.tx !== old.tx);
  return 0;
}

/** `Actual changes:` is said where more changes than was asked for. */
async function tell(
  process: Process,
  device: Device,
  before: ReadonlyMap<string, { readonly on: boolean }>,
  checksums: boolean,
): Promise<void> {
  if (!checksums) return;
  const { tx } = device.offload;
  const lines: string[] = [];
  // In the order of the features' bits (NETIF_F_*).
  const late = ['tx-checksum-fcoe-crc', 'tx-checksum-sctp'];
  const features = featuresOf(device);
  const ordered = [
    ...features.filter(({ name }) => !late.includes(name)),
    ...features.filter(({ name }) => late.includes(name)),
  ];
  for (const { name, on, fixed } of ordered) {
    if (name === 'tx-checksumming' || name === 'tcp-segmentation-offload') continue;
    if (before.get(name)?.on !== on) {
      const asked = name.startsWith('tx-checksum');
      lines.push(`${name}: ${on ? 'on' : 'off'}${asked ? '' : ' [not requested]'}`);
    } else if (tx && fixed && !on && name.startsWith('tx-checksum')) lines.push(`${name}: off [requested on]`);
  }
  if (lines.length > 0) await process.stdout.write(`Actual changes:\n${lines.join('\n')}\n`);
}

async function refuse(process: Process, message: string, status: number): Promise<number> {
  await process.stderr.write(`${message}\n`);
  return status;
}
