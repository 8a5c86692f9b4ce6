import type { Device } from './device/device.ts';
import { operationalState } from './device/state.ts';
import { LinuxError } from './errno.ts';
import type { VirtualFolder } from './files/files.ts';
import { tableNumber } from './ip/table.ts';
import type { NetworkNamespace } from './namespace.ts';
import { BROADCAST_MAC, formatIp, formatMac, netmask } from './packet/address.ts';

/**
 * What the kernel shows of a namespace as files: `proc` below /proc (`net/...`, `sys/net/...`), `sys` below /sys
 * (`class/net/...`).
 */
export function networkFiles(namespace: NetworkNamespace): {
  readonly proc: VirtualFolder;
  readonly sys: VirtualFolder;
} {
  const proc = folder(() => {
    const files: Record<string, Entry> = {
      'net/dev': { read: () => devices(namespace) },
      'net/route': { read: () => routes(namespace) },
      'net/arp': { read: () => neighbours(namespace) },
    };
    for (const [path, entry] of namespace.stack.files) files[`net/${path}`] = entry;
    for (const name of namespace.sysctlNames()) {
      files[`sys/${name.replaceAll('.', '/')}`] = {
        read: () => `${namespace.getSysctl(name)}\n`,
        write: (text) => namespace.setSysctl(name, text),
      };
    }
    return files;
  });
  const sys = folder(() => {
    const files: Record<string, Entry> = {};
    for (const device of namespace.links()) {
      for (const [name, read] of Object.entries(attributes)) {
        files[`class/net/${device.name}/${name}`] = { read: () => `${read(device)}\n` };
      }
      const find = (index: number) => namespace.link(index);
      files[`class/net/${device.name}/operstate`] = {
        read: () => `${operationalState(device, find).toLowerCase()}\n`,
      };
    }
    return files;
  });
  return { proc, sys };
}

interface Entry {
  readonly read: () => string;
  readonly write?: (text: string) => void;
}

/** A folder whose files are found anew each time, as devices come and go. */
function folder(files: () => Readonly<Record<string, Entry>>): VirtualFolder {
  const entry = (path: string): Entry => {
    const found = files()[path];
    if (found === undefined) throw new LinuxError('ENOENT');
    return found;
  };
  const below = (path: string) => (path === '' ? '' : `${path}/`);
  return {
    stat(path) {
      const all = files();
      if (path in all) return 'file';
      if (path === '') return 'directory';
      return Object.keys(all).some((name) => name.startsWith(below(path))) ? 'directory' : undefined;
    },
    list(path) {
      const start = below(path);
      const names = Object.keys(files()).filter((name) => name.startsWith(start));
      return [...new Set(names.map((name) => name.slice(start.length).split('/')[0] ?? ''))].sort();
    },
    read: (path) => entry(path).read(),
    write(path, text) {
      const { write } = entry(path);
      if (write === undefined) throw new LinuxError('EACCES');
      write(text);
    },
  };
}

/** /sys/class/net/DEVICE/ (Documentation/ABI/testing/sysfs-class-net). */
const attributes: Readonly<Record<string, (device: Device) => string | number>> = {
  address: (device) => formatMac(device.mac),
  broadcast: (device) => formatMac(device.ethernet ? BROADCAST_MAC : 0),
  carrier: (device) => {
    if (!device.up) throw new LinuxError('EINVAL');
    return device.carrier ? 1 : 0;
  },
  ifindex: (device) => device.index,
  iflink: (device) => device.linkIndex ?? device.index,
  mtu: (device) => device.mtu,
  tx_queue_len: (device) => device.queueLength,
  'statistics/rx_bytes': ({ rx }) => rx.bytes,
  'statistics/rx_dropped': ({ rx }) => rx.dropped,
  'statistics/rx_errors': ({ rx }) => rx.errors,
  'statistics/rx_packets': ({ rx }) => rx.packets,
  'statistics/tx_bytes': ({ tx }) => tx.bytes,
  'statistics/tx_dropped': ({ tx }) => tx.dropped,
  'statistics/tx_errors': ({ tx }) => tx.errors,
  'statistics/tx_packets': ({ tx }) => tx.packets,
};

function devices(namespace: NetworkNamespace): string {
  const lines = [
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
  ];
  const n = (value: number, width: number) => String(value).padStart(width);
  for (const { name, rx, tx } of namespace.links()) {
    lines.push(
      `${name.padStart(6)}: ${n(rx.bytes, 7)} ${n(rx.packets, 7)} ${n(rx.errors, 4)} ${n(rx.dropped, 4)}    0     0          0         0 ` +
        `${n(tx.bytes, 8)} ${n(tx.packets, 7)} ${n(tx.errors, 4)} ${n(tx.dropped, 4)}    0     0       0          0`,
    );
  }
  return `${lines.join('\n')}\n`;
}

const RTF_UP = 1;
const RTF_GATEWAY = 2;
const RTF_HOST = 4;
const RTF_REJECT = 0x200;

/** Addresses are in the byte order of the network, read as a little-endian machine's number. */
function hex(address: number): string {
  const bytes = [address & 255, (address >>> 8) & 255, (address >>> 16) & 255, address >>> 24];
  return bytes.map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('');
}

function routes(namespace: NetworkNamespace): string {
  const row = (columns: readonly string[]) => columns.join('\t').padEnd(127);
  const lines = [row('Iface,Destination,Gateway ,Flags,RefCnt,Use,Metric,Mask,,MTU,Window,IRTT'.split(','))];
  for (const route of namespace.routes(tableNumber.main)) {
    const { destination, via, device, metric } = route;
    const flags =
      RTF_UP |
      (via === undefined ? 0 : RTF_GATEWAY) |
      (destination.length === 32 ? RTF_HOST : 0) |
      (route.type === 'unicast' ? 0 : RTF_REJECT);
    lines.push(
      row([
        device?.name ?? '*',
        hex(Number(destination.address)),
        hex(Number(via ?? 0)),
        flags.toString(16).toUpperCase().padStart(4, '0'),
        '0',
        '0',
        String(metric),
        hex(netmask(destination.length)),
        '0',
        '0',
        '0',
      ]),
    );
  }
  return `${lines.join('\n')}\n`;
}

function neighbours(namespace: NetworkNamespace): string {
  const lines = ['IP address       HW type     Flags       HW address            Mask     Device'];
  for (const { device, neighbour } of namespace.neighbours()) {
    const flags = neighbour.state === 'PERMANENT' ? '0x6' : neighbour.mac === undefined ? '0x0' : '0x2';
    lines.push(
      `${formatIp(neighbour.address).padEnd(16)} 0x1         ${flags.padEnd(11)} ${formatMac(neighbour.mac ?? 0)}     *        ${device.name}`,
    );
  }
  return `${lines.join('\n')}\n`;
}
