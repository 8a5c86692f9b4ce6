import { formatIp, parseIp } from '../linux/packet/address.ts';
import type { Process, Program } from '../linux/process/process.ts';
import { readHosts } from './hosts.ts';
import { protocols, serviceByName, serviceByPort, services } from './netdb.ts';
import { ResolveFailure, resolve, resolveAddress } from './resolve.ts';

const NOT_FOUND = 2;
const HINT = "Try `getent --help' or `getent --usage' for more information.\n";

/** Looks one key up, or lists all (`undefined`). @returns its lines; none: not found. */
type Database = (process: Process, key: string | undefined) => Promise<readonly string[]>;

const line = (address: string, rest: string) => `${address.padEnd(15)} ${rest}`;

const hosts: Database = async (process, key) => {
  if (key === undefined)
    return readHosts(process).map(({ address, names }) => line(formatIp(address), names.join(' ')));
  if (parseIp(key) !== undefined) {
    const names = await found(resolveAddress(process, key));
    return names === undefined ? [] : [line(key, names.join(' '))];
  }
  const inHosts = readHosts(process).some(({ names }) => names.includes(key));
  // gethostbyname2(3) for IPv6 comes first, and IPv4 only when that has found nothing.
  if (!inHosts) await found(resolve(process, key, { family: 'inet6' }));
  const resolved = await found(resolve(process, key, { family: 'inet' }));
  if (resolved === undefined) return [];
  const names = [resolved.canonical, ...resolved.aliases].join(' ');
  return resolved.addresses.map((address) => line(formatIp(address), names));
};

const ahosts =
  (family: 'inet' | 'inet6'): Database =>
  async (process, key) => {
    if (key === undefined) return hosts(process, undefined);
    const resolved = await found(resolve(process, key, { family }));
    if (resolved === undefined || family === 'inet6') return [];
    return resolved.addresses.flatMap((address, i) =>
      ['STREAM', 'DGRAM', 'RAW'].map((type, j) =>
        line(formatIp(address), `${type.padEnd(6)} ${i === 0 && j === 0 ? resolved.canonical : ''}`),
      ),
    );
  };

const databases: Readonly<Record<string, Database>> = {
  // AI_ADDRCONFIG: without IPv6 addresses here only A is asked for.
  ahosts: ahosts('inet'),
  ahostsv4: ahosts('inet'),
  ahostsv6: ahosts('inet6'),
  hosts,
  services: async (process, key) => {
    const [name = '', protocol] = (key ?? '').split('/');
    const one = /^\d+$/.test(name)
      ? serviceByPort(process, Number(name), protocol)
      : serviceByName(process, name, protocol);
    const all = key === undefined ? services(process) : one === undefined ? [] : [one];
    return all.map(
      (entry) => `${entry.name.padEnd(21)} ${[`${entry.port}/${entry.protocol}`, ...entry.aliases].join(' ')}`,
    );
  },
  protocols: async (process, key) => {
    const fits = (entry: { name: string; number: number; aliases: readonly string[] }) =>
      key === undefined || [entry.name, ...entry.aliases, String(entry.number)].includes(key);
    const all = protocols(process).filter(fits);
    return (key === undefined ? all : all.slice(0, 1)).map(
      ({ name, number, aliases }) => `${name.padEnd(21)} ${[number, ...aliases].join(' ')}`,
    );
  },
  passwd: async (process, key) => colonFile(process, '/etc/passwd', key),
  group: async (process, key) => colonFile(process, '/etc/group', key),
};

/** Databases of the real getent that are not modelled. */
const UNMODELLED = ['aliases', 'ethers', 'gshadow', 'initgroups', 'netgroup', 'networks', 'rpc', 'shadow'];

/** getent(1) of glibc. */
export const getent: Program = async (process) => {
  const { stderr, stdout } = process;
  const words = process.argv.slice(1).filter((word, i, all) => {
    // `-s dns` says which services to ask; here it is always files, then dns.
    return word !== '-s' && all[i - 1] !== '-s' && !/^(-s.+|-i|--no-idn|--service=.*)$/.test(word);
  });
  const refuse = async (message: string) => {
    await stderr.write(`${message}\n`);
    await stdout.write(HINT);
    return 1;
  };
  const option = words.find((word) => word.startsWith('-'));
  if (option !== undefined) {
    const unknown = option.startsWith('--')
      ? `unrecognized option '${option}'`
      : `invalid option -- '${option.slice(1, 2)}'`;
    await stderr.write(`getent: ${unknown}\n${HINT}`);
    return 64;
  }
  const [name, ...keys] = words;
  if (name === undefined) return refuse('getent: wrong number of arguments');
  const database = databases[name];
  if (database === undefined) {
    if (!UNMODELLED.includes(name)) return refuse(`Unknown database: ${name}`);
    await stderr.write(`getent: database ${name} is not modelled in this simulation\n`);
    return 1;
  }
  let status = 0;
  for (const key of keys.length === 0 ? [undefined] : keys) {
    const lines = await database(process, key);
    if (lines.length > 0) await stdout.write(`${lines.join('\n')}\n`);
    else if (key !== undefined) status = NOT_FOUND;
  }
  return status;
};

async function found<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof ResolveFailure) return undefined;
    throw error;
  }
}

function colonFile({ files }: Process, path: string, key: string | undefined): readonly string[] {
  const lines = files.exists(path)
    ? files
        .readText(path)
        .split('\n')
        .filter((text) => text !== '')
    : [];
  if (key === undefined) return lines;
  const place = /^\d+$/.test(key) ? 2 : 0;
  return lines.filter((text) => text.split(':')[place] === key).slice(0, 1);
}
