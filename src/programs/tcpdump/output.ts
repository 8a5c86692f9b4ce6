import { pcapHeader, pcapRecord } from '../../linux/capture/pcap.ts';
import { LinuxError } from '../../linux/errno.ts';
import { resolvePath } from '../../linux/files/path.ts';
import type { Process } from '../../linux/process/process.ts';
import { Dissector } from './dissect.ts';
import type { FileNames } from './names.ts';
import type { TcpdumpOptions } from './options.ts';
import { TcpdumpError } from './usage.ts';

/** One packet on its way out of tcpdump. */
export interface OutputPacket {
  readonly microseconds: number;
  readonly bytes: Uint8Array;
  readonly length: number;
}

/** Where packets go: printed, into a file, or counted only. */
export class Output {
  readonly #process: Process;
  readonly #options: TcpdumpOptions;
  readonly #dissector: Dissector | undefined;
  readonly #write: ((data: Uint8Array) => Promise<void>) | undefined;
  packets = 0;

  private constructor(
    process: Process,
    options: TcpdumpOptions,
    dissector: Dissector | undefined,
    write: ((data: Uint8Array) => Promise<void>) | undefined,
  ) {
    this.#process = process;
    this.#options = options;
    this.#dissector = dissector;
    this.#write = write;
  }

  /** Begins the file, where there is one. Throws `TcpdumpError`. */
  static async open(
    process: Process,
    options: TcpdumpOptions,
    names: FileNames,
    link: { readonly linkType: number; readonly snapLength: number },
  ): Promise<Output> {
    const { write, printWritten, countOnly, print } = options;
    const printed = write === undefined ? !(countOnly && options.read !== undefined) : printWritten;
    const dissector = printed ? new Dissector(link.linkType, print, names) : undefined;
    if (write === undefined) return new Output(process, options, dissector, undefined);
    const sink = write === '-' ? (data: Uint8Array) => process.stdout.write(data) : fileSink(process, write);
    await sink(pcapHeader(link));
    return new Output(process, options, dissector, sink);
  }

  /** @returns false once there have been as many as -c wants. */
  async take(packet: OutputPacket): Promise<boolean> {
    this.packets++;
    await this.#write?.(pcapRecord(packet));
    if (this.#dissector !== undefined) await this.#process.stdout.write(this.#dissector.print(packet));
    return this.#options.count === undefined || this.packets < this.#options.count;
  }
}

function fileSink(process: Process, name: string): (data: Uint8Array) => Promise<void> {
  try {
    const file = process.files.open(resolvePath(process.cwd, name), { write: true, truncate: true });
    return async (data) => file.write(data);
  } catch (error) {
    if (error instanceof LinuxError) throw new TcpdumpError(`${name}: ${error.message}`);
    throw error;
  }
}
