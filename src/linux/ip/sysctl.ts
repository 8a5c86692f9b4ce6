import { LinuxError } from '../errno.ts';

/** What can be set, with the kernel's defaults for a new namespace, and the range that it takes. */
const KNOWN: Readonly<Record<string, readonly [value: number, least: number, most: number]>> = {
  'net.ipv4.ip_forward': [0, 0, 1],
  'net.ipv4.ip_default_ttl': [64, 1, 255],
  'net.ipv4.icmp_echo_ignore_all': [0, 0, 1],
  'net.ipv4.ip_unprivileged_port_start': [1024, 0, 65535],
  'net.core.somaxconn': [4096, 0, 2147483647],
  'net.ipv4.tcp_fin_timeout': [60, 1, 2147483],
  'net.ipv4.tcp_keepalive_intvl': [75, 1, 32767],
  'net.ipv4.tcp_keepalive_probes': [9, 1, 127],
  'net.ipv4.tcp_keepalive_time': [7200, 1, 32767],
  'net.ipv4.tcp_orphan_retries': [0, 0, 255],
  'net.ipv4.tcp_sack': [1, 0, 1],
  'net.ipv4.tcp_timestamps': [1, 0, 2],
  'net.ipv4.tcp_window_scaling': [1, 0, 1],
  'net.ipv4.tcp_syn_retries': [6, 1, 127],
  'net.ipv4.tcp_syn_linear_timeouts': [4, 0, 127],
  'net.ipv4.tcp_synack_retries': [5, 0, 255],
  'net.ipv4.tcp_retries2': [15, 0, 255],
};
const PORT_RANGE = 'net.ipv4.ip_local_port_range';

/** A namespace's settings under /proc/sys/net, by their dotted names. */
export class Sysctl {
  /** `net.ipv4.ip_forward`, at hand for each packet. */
  forwarding = false;
  #ports: readonly [number, number] = [32768, 60999];
  readonly #values = new Map<string, number>();

  names(): readonly string[] {
    return [...Object.keys(KNOWN), PORT_RANGE].sort();
  }

  number(name: string): number {
    const known = KNOWN[name];
    if (known === undefined) throw new LinuxError('ENOENT', name);
    return this.#values.get(name) ?? known[0];
  }

  get localPorts(): readonly [number, number] {
    return this.#ports;
  }

  /** Throws ENOENT for a name that is not modelled. */
  get(name: string): string {
    return name === PORT_RANGE ? this.#ports.join('\t') : String(this.number(name));
  }

  /** Throws ENOENT, or EINVAL for a value that the kernel would refuse. */
  set(name: string, text: string): void {
    if (name === PORT_RANGE) {
      const [low, high, ...rest] = text.trim().split(/\s+/).map(Number);
      if (low === undefined || high === undefined || rest.length > 0) throw new LinuxError('EINVAL');
      if (!(low >= 1 && low <= high && high <= 65535)) throw new LinuxError('EINVAL');
      this.#ports = [low, high];
      return;
    }
    const known = KNOWN[name];
    if (known === undefined) throw new LinuxError('ENOENT', name);
    const value = Number(text.trim());
    if (text.trim() === '' || !Number.isInteger(value) || value < known[1] || value > known[2]) {
      throw new LinuxError('EINVAL');
    }
    this.#values.set(name, value);
    if (name === 'net.ipv4.ip_forward') this.forwarding = value === 1;
  }
}
