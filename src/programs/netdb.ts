import { LinuxError } from '../linux/errno.ts';
import type { Process } from '../linux/process/process.ts';

/** A line of /etc/services. */
export interface ServiceEntry {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  readonly aliases: readonly string[];
}

/** A line of /etc/protocols. */
export interface ProtocolEntry {
  readonly name: string;
  readonly number: number;
  readonly aliases: readonly string[];
}

export type FilesReader = Pick<Process, 'files'>;

function lines({ files }: FilesReader, path: string): readonly (readonly string[])[] {
  try {
    return files
      .readText(path)
      .split('\n')
      .map((line) => line.replace(/#.*/, '').trim())
      .filter((line) => line !== '')
      .map((line) => line.split(/\s+/));
  } catch (error) {
    if (error instanceof LinuxError) return [];
    throw error;
  }
}

export function services(process: FilesReader): readonly ServiceEntry[] {
  return lines(process, '/etc/services').flatMap(([name = '', place = '', ...aliases]) => {
    const match = /^(\d+)\/(\w+)$/.exec(place);
    return match === null ? [] : [{ name, port: Number(match[1]), protocol: match[2] ?? '', aliases }];
  });
}

export function protocols(process: FilesReader): readonly ProtocolEntry[] {
  return lines(process, '/etc/protocols').flatMap(([name = '', number = '', ...aliases]) =>
    /^\d+$/.test(number) ? [{ name, number: Number(number), aliases }] : [],
  );
}

/** getservbyport(3); without a protocol the first that fits. */
export function serviceByPort(process: FilesReader, port: number, protocol?: string): ServiceEntry | undefined {
  return services(process).find((entry) => entry.port === port && (protocol ?? entry.protocol) === entry.protocol);
}

/** getservbyname(3). */
export function serviceByName(process: FilesReader, name: string, protocol?: string): ServiceEntry | undefined {
  return services(process).find(
    (entry) => (entry.name === name || entry.aliases.includes(name)) && (protocol ?? entry.protocol) === entry.protocol,
  );
}
