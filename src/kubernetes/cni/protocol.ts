import { LinuxError } from '../../linux/errno.ts';

/** The Container Network Interface: what goes in and out of a plugin. Source: CNI specification 1.1.0, and libcni 1.3. */

export const CNI_VERSIONS = ['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'] as const;

/** What a plugin gets on stdin; each plugin reads the fields that are its own. */
export interface NetworkConfig {
  readonly cniVersion: string;
  readonly name: string;
  readonly type: string;
  readonly ipam?: IpamConfig;
  readonly prevResult?: CniResult;
  readonly runtimeConfig?: { readonly portMappings?: readonly unknown[] };
  readonly [field: string]: unknown;
}

export interface IpamConfig {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A file of /etc/cni/net.d that ends in `.conflist`: the plugins of one network, in order. */
export interface NetworkConfigList {
  readonly cniVersion: string;
  readonly name: string;
  readonly plugins: readonly { readonly type: string; readonly [field: string]: unknown }[];
}

export interface CniResult {
  readonly cniVersion?: string;
  readonly interfaces?: readonly CniInterface[];
  readonly ips?: readonly CniAddress[];
  readonly routes?: readonly CniRoute[];
  readonly dns?: Readonly<Record<string, unknown>>;
}

export interface CniInterface {
  readonly name: string;
  readonly mac?: string;
  /** Path of the network namespace; absent for an interface of the node. */
  readonly sandbox?: string;
}

export interface CniAddress {
  /** `4` or `6`, in versions before 1.0.0. */
  readonly version?: string;
  /** Index into `interfaces`. */
  readonly interface?: number;
  /** With its prefix: `10.244.1.2/24`. */
  readonly address: string;
  readonly gateway?: string;
}

interface CniRoute {
  readonly dst: string;
  readonly gw?: string;
}

/** The codes that the specification names; 100 and above belong to the plugin. */
export const CniCode = {
  IncompatibleVersion: 1,
  UnsupportedField: 2,
  UnknownContainer: 3,
  InvalidEnvironment: 4,
  IoFailure: 5,
  DecodingFailure: 6,
  InvalidNetworkConfig: 7,
  TryAgainLater: 11,
  Internal: 999,
} as const;

/** A plugin's refusal; printed on stdout as the specification's error object. */
export class CniError extends Error {
  readonly code: number;
  readonly details: string | undefined;

  constructor(code: number, message: string, details?: string) {
    super(message);
    this.name = 'CniError';
    this.code = code;
    this.details = details;
  }
}

/** What went wrong; the kernel's messages are in small letters in programs of Go, as plugins are. */
export function reasonOf(failure: unknown): string {
  if (failure instanceof LinuxError) return failure.message.toLowerCase();
  return failure instanceof Error ? failure.message : String(failure);
}

/** Whether `version` is `than` or newer, by its numbers. */
export function atLeast(version: string, than: string): boolean {
  const a = version.split('.').map(Number);
  const b = than.split('.').map(Number);
  for (let i = 0; i < 3; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** The result in the shape of `version`: addresses name their family before 1.0.0, and `dns` is always there. */
export function resultFor(version: string, result: CniResult): CniResult {
  const old = !atLeast(version, '1.0.0');
  return {
    cniVersion: version,
    ...(result.interfaces && result.interfaces.length > 0 ? { interfaces: result.interfaces } : {}),
    ...(result.ips && result.ips.length > 0 ? { ips: result.ips.map((ip) => addressFor(old, ip)) } : {}),
    ...(result.routes && result.routes.length > 0 ? { routes: result.routes } : {}),
    ...(old || result.dns ? { dns: result.dns ?? {} } : {}),
  };
}

function addressFor(old: boolean, { version: _, ...ip }: CniAddress): CniAddress {
  return {
    ...(old ? { version: ip.address.includes(':') ? '6' : '4' } : {}),
    ...(ip.interface === undefined ? {} : { interface: ip.interface }),
    address: ip.address,
    ...(ip.gateway === undefined ? {} : { gateway: ip.gateway }),
  };
}
