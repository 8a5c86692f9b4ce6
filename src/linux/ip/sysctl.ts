import type { Device } from '../device/device.ts';
import {
  type DeviceSysctl,
  inetDefaults,
  inetSysctls,
  neighbourDefaults,
  neighbourSysctls,
} from '../device/inet-settings.ts';
import { LinuxError } from '../errno.ts';
import { ipSysctls, type SysctlDescription } from './sysctls.ts';

/** The values of one device, or of `all` or `default`. */
interface Conf {
  readonly values: Record<string, number>;
  /** Set by name: a new default no longer reaches them. */
  readonly touched: Set<string>;
}

type Family = 'conf' | 'neigh';
const TABLES: Readonly<Record<Family, Readonly<Record<string, DeviceSysctl>>>> = {
  conf: inetSysctls,
  neigh: neighbourSysctls,
};
const DEFAULTS = { conf: inetDefaults, neigh: neighbourDefaults };
const ip: ReadonlyMap<string, SysctlDescription> = new Map(ipSysctls.map((one) => [one.name, one]));
const FORWARD = 'net.ipv4.ip_forward';
const PER_DEVICE = /^net\.ipv4\.(conf|neigh)\.(.+)\.([a-z_]+)$/;

/**
 * A namespace's settings under /proc/sys/net, by their dotted names. Rooms above add theirs with `define`. Settings of
 * single devices stand in `device.inet` and `device.arp`, at hand for each packet.
 */
export class Sysctl {
  /** `net.ipv4.ip_forward`, at hand for each packet. */
  forwarding = false;
  /** `net.ipv4.ip_default_ttl`, `ip_no_pmtu_disc` and `ip_forward_use_pmtu`, as often asked. */
  defaultTtl = 64;
  noPathMtu = 0;
  forwardByPathMtu = 0;
  readonly #defined = new Map<string, SysctlDescription>();
  readonly #changed = new Map<string, readonly number[]>();
  readonly #devices: ReadonlyMap<number, Device>;
  readonly #deviceChanged: () => void;
  /** Made only when somebody changes something. */
  readonly #conf: Record<Family, { all: Conf; default: Conf; devices: WeakMap<Device, Conf> } | undefined> = {
    conf: undefined,
    neigh: undefined,
  };

  /** `devices`: the namespace's, by index. `changed` is told when a device's settings are others. */
  constructor(devices: ReadonlyMap<number, Device> = new Map(), changed: () => void = () => {}) {
    this.#devices = devices;
    this.#deviceChanged = changed;
  }

  /** Adds a setting. One that is there already stays as it is. */
  define(description: SysctlDescription): void {
    if (!this.#defined.has(description.name)) this.#defined.set(description.name, description);
  }

  names(): readonly string[] {
    const names = [...ip.keys(), ...this.#defined.keys(), FORWARD];
    const devices = [...this.#devices.values()].map(({ name }) => name);
    for (const key of Object.keys(inetSysctls)) {
      for (const device of ['all', 'default', ...devices]) names.push(`net.ipv4.conf.${device}.${key}`);
    }
    for (const key of Object.keys(neighbourSysctls)) {
      for (const device of ['default', ...devices]) names.push(`net.ipv4.neigh.${device}.${key}`);
    }
    return names.sort();
  }

  /** The (first) number. Throws ENOENT for a name that is not modelled. */
  number(name: string): number {
    return this.#values(name)[0] ?? 0;
  }

  get localPorts(): readonly [number, number] {
    const [low = 0, high = 0] = this.#values('net.ipv4.ip_local_port_range');
    return [low, high];
  }

  /** Throws ENOENT for a name that is not modelled. */
  get(name: string): string {
    return this.#values(name).join('\t');
  }

  /** Throws ENOENT, EACCES for what can only be read, or EINVAL for a value that the kernel would refuse. */
  set(name: string, text: string): void {
    const description = this.#describe(name);
    const values = parse(text);
    if (description === undefined) {
      this.#setPerDevice(name, values[0]);
      return;
    }
    const { read, least = -(2 ** 31), most = 2 ** 31 - 1, fits, changed } = description;
    if (read !== undefined) throw new LinuxError('EACCES', name);
    // Fewer numbers than the file has leave the others as they are.
    const all = this.#values(name).map((old, i) => values[i] ?? old);
    if (values.length === 0 || values.length > all.length) throw new LinuxError('EINVAL', name);
    if (all.some((value) => value < least || value > most) || fits?.(all) === false) {
      throw new LinuxError('EINVAL', name);
    }
    this.#changed.set(name, all);
    const [first = 0] = all;
    if (name === 'net.ipv4.ip_default_ttl') this.defaultTtl = first;
    else if (name === 'net.ipv4.ip_no_pmtu_disc') this.noPathMtu = first;
    else if (name === 'net.ipv4.ip_forward_use_pmtu') this.forwardByPathMtu = first;
    changed?.(first);
  }

  /** A device is new in the namespace: it starts with the defaults (inetdev_init, neigh_parms_alloc). */
  deviceAdded(device: Device): void {
    for (const family of ['conf', 'neigh'] as const) {
      this.#conf[family]?.devices.delete(device);
      this.#apply(family, device);
    }
  }

  #describe(name: string): SysctlDescription | undefined {
    return ip.get(name) ?? this.#defined.get(name);
  }

  #values(name: string): readonly number[] {
    const description = this.#describe(name);
    if (description !== undefined) {
      const { read, value } = description;
      if (read !== undefined) return [read()];
      return this.#changed.get(name) ?? (typeof value === 'number' ? [value] : value);
    }
    const { family, conf, key } = this.#find(name);
    return [conf?.values[key] ?? this.#initial(family, key)];
  }

  #initial(family: Family, key: string): number {
    return this.#conf[family]?.default.values[key] ?? TABLES[family][key]?.value ?? 0;
  }

  /** Throws ENOENT. `conf` is absent where nothing was ever changed. */
  #find(name: string): { family: Family; who: 'all' | 'default' | Device; conf: Conf | undefined; key: string } {
    const [, family, who, key] = name === FORWARD ? ['', 'conf', 'all', 'forwarding'] : (PER_DEVICE.exec(name) ?? []);
    if ((family !== 'conf' && family !== 'neigh') || who === undefined || key === undefined) {
      throw new LinuxError('ENOENT', name);
    }
    if (!Object.hasOwn(TABLES[family], key)) throw new LinuxError('ENOENT', name);
    const known = this.#conf[family];
    if (who === 'default' || (who === 'all' && family === 'conf')) return { family, who, conf: known?.[who], key };
    for (const device of this.#devices.values()) {
      if (device.name === who) return { family, who: device, conf: known?.devices.get(device), key };
    }
    throw new LinuxError('ENOENT', name);
  }

  #setPerDevice(name: string, value: number | undefined): void {
    const { family, who, key } = this.#find(name);
    if (value === undefined) throw new LinuxError('EINVAL', name);
    const known = (this.#conf[family] ??= {
      all: newConf(DEFAULTS[family]),
      default: newConf(DEFAULTS[family]),
      devices: new WeakMap(),
    });
    if (family === 'conf' && key === 'forwarding' && who === 'all') {
      this.#forwardingChanged(value);
      return;
    }
    const conf = typeof who === 'string' ? known[who] : this.#confOf(family, who);
    conf.values[key] = value;
    conf.touched.add(key);
    for (const device of this.#devices.values()) {
      // devinet_copy_dflt_conf: a new default reaches devices that were neither set by name nor given an address.
      const own = this.#confOf(family, device);
      const follows = who === 'default' && !own.touched.has(key) && device.addresses.length === 0;
      if (follows) own.values[key] = value;
      this.#apply(family, device);
    }
    this.#deviceChanged();
  }

  /** inet_forward_change: one switch for all devices, those to come too. */
  #forwardingChanged(value: number): void {
    const known = this.#conf.conf;
    if (known === undefined || known.all.values['forwarding'] === value) return;
    const on = value !== 0;
    this.forwarding = on;
    known.all.values['forwarding'] = value;
    known.all.values['accept_redirects'] = on ? 0 : 1;
    known.default.values['forwarding'] = value;
    for (const device of this.#devices.values()) {
      this.#confOf('conf', device).values['forwarding'] = value;
      this.#apply('conf', device);
    }
  }

  #confOf(family: Family, device: Device): Conf {
    const known = this.#conf[family];
    let conf = known?.devices.get(device);
    if (conf === undefined) {
      conf = newConf(known?.default.values ?? DEFAULTS[family]);
      known?.devices.set(device, conf);
    }
    return conf;
  }

  /** Writes down what counts on a device. */
  #apply(family: Family, device: Device): void {
    const known = this.#conf[family];
    if (known === undefined) {
      if (family === 'conf') device.inet = inetDefaults;
      else device.arp = neighbourDefaults;
      return;
    }
    const own = this.#confOf(family, device).values;
    if (family === 'neigh') {
      device.arp = { ...neighbourDefaults, ...own };
      return;
    }
    const all = known.all.values;
    const joined: Record<string, number> = {};
    const router = own['forwarding'] !== 0;
    for (const [key, { joined: how }] of Object.entries(inetSysctls))
      joined[key] = join(how, all[key] ?? 0, own[key] ?? 0, router);
    device.inet = { ...inetDefaults, ...joined };
  }
}

function newConf(values: Readonly<Record<string, number>>): Conf {
  return { values: { ...values }, touched: new Set() };
}

function join(how: DeviceSysctl['joined'], all: number, own: number, router: boolean): number {
  switch (how) {
    case 'own':
      return own;
    case 'or':
      return all !== 0 || own !== 0 ? 1 : 0;
    case 'router':
      return (router ? all !== 0 && own !== 0 : all !== 0 || own !== 0) ? 1 : 0;
    case 'most':
      return Math.max(all, own);
  }
}

/** proc_get_long: decimal, hexadecimal or octal numbers between white space. Throws EINVAL. */
function parse(text: string): readonly number[] {
  const words = text
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '');
  return words.map((word) => {
    const [, sign, digits = ''] = /^(-?)(0x[0-9a-f]+|\d+)$/i.exec(word) ?? [];
    if (digits === '') throw new LinuxError('EINVAL');
    const octal = /^0\d/.test(digits);
    if (octal && /[89]/.test(digits)) throw new LinuxError('EINVAL');
    const value = octal ? Number.parseInt(digits, 8) : Number(digits);
    if (value > 2 ** 32) throw new LinuxError('EINVAL');
    return sign === '-' ? -value : value;
  });
}
