import { compileFilter, FilterError } from '../../linux/capture/filter/filter.ts';
import type { FilterPacket } from '../../linux/capture/filter/view.ts';
import { PcapError, PcapFile } from '../../linux/capture/pcap.ts';
import { LinuxError } from '../../linux/errno.ts';
import { resolvePath } from '../../linux/files/path.ts';
import { NetworkNamespace } from '../../linux/namespace.ts';
import type { Process, Program } from '../../linux/process/process.ts';
import { capture } from './capture.ts';
import { listDevices, listLinks, openDevice } from './devices.ts';
import { links } from './dissect.ts';
import { FileNames } from './names.ts';
import { readOptions, type TcpdumpOptions } from './options.ts';
import { Output } from './output.ts';
import { TcpdumpError, USAGE, VERSION } from './usage.ts';

/** tcpdump(8) 4.99.3 with libpcap 1.10.3. */
export const tcpdump: Program = async (process) => {
  try {
    return await run(process, readOptions(process.argv.slice(1)));
  } catch (error) {
    if (!(error instanceof TcpdumpError)) throw error;
    await process.stderr.write(`tcpdump: ${error.message.trimEnd()}\n`);
    return error.status;
  }
};

async function run(process: Process, options: TcpdumpOptions): Promise<number> {
  const { stdout } = process;
  if (options.action === 'help' || options.action === 'version') {
    await stdout.write(options.action === 'help' ? USAGE : VERSION);
    return 0;
  }
  const netns = process.netns instanceof NetworkNamespace ? process.netns : undefined;
  if (options.read !== undefined) return readFile(process, options, options.read, netns);
  if (netns === undefined) throw new TypeError('tcpdump needs a simulated network namespace');
  if (options.action === 'devices') {
    await stdout.write(listDevices(netns));
    return 0;
  }
  const device = openDevice(netns, options.device);
  if (options.action === 'links' && device !== undefined) {
    await stdout.write(listLinks(device));
    return 0;
  }
  const names = new FileNames(process, netns);
  const subnet = device?.addresses[0]?.length;
  const netmask = subnet === undefined || subnet === 0 ? 0 : (0xffffffff << (32 - subnet)) >>> 0;
  return capture(process, options, netns, device, names, (linkType) =>
    filterOf(options.expression, { linkType, names, live: true, netmask }),
  );
}

/** `-r`: packets of a file, or of standard input. */
async function readFile(
  process: Process,
  options: TcpdumpOptions,
  name: string,
  netns: NetworkNamespace | undefined,
): Promise<number> {
  const { stdout, stderr } = process;
  const file = await openFile(process, name);
  const { linkType, snapLength } = file.header;
  const link = links.get(linkType);
  const described = link === undefined ? String(linkType) : `${link.name} (${link.description})`;
  await stderr.write(`reading from file ${name}, link-type ${described}, snapshot length ${snapLength}\n`);
  if (link?.name === 'LINUX_SLL2') await stderr.write('Warning: interface names might be incorrect\n');
  const names = new FileNames(process, netns);
  const matches = filterOf(options.expression, { linkType, names });
  if (link === undefined && options.write === undefined) {
    throw new TcpdumpError(`link-type ${described} is not modelled in this simulation`);
  }
  const output = await Output.open(process, options, names, file.header);
  let status = 0;
  try {
    for (const packet of file.packets()) {
      if (matches(packet) && !(await output.take(packet))) break;
    }
  } catch (error) {
    if (!(error instanceof PcapError)) throw error;
    await stderr.write(`tcpdump: pcap_loop: ${error.message}\n`);
    status = 1;
  }
  if (options.countOnly) await stdout.write(`${output.packets} packet${output.packets === 1 ? '' : 's'}\n`);
  return status;
}

async function openFile(process: Process, name: string): Promise<PcapFile> {
  try {
    const bytes = name === '-' ? await allOf(process) : process.files.read(resolvePath(process.cwd, name));
    return new PcapFile(bytes);
  } catch (error) {
    if (error instanceof PcapError) throw new TcpdumpError(error.message);
    if (error instanceof LinuxError) throw new TcpdumpError(`${name}: ${error.message}`);
    throw error;
  }
}

async function allOf({ stdin, signals }: Process): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (;;) {
    const part = await stdin.read(signals.ended);
    if (part === undefined) break;
    parts.push(part);
  }
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** In libpcap's words, and under them where in the expression it is. */
function filterOf(expression: string, options: Parameters<typeof compileFilter>[1]): (packet: FilterPacket) => boolean {
  try {
    return compileFilter(expression, options);
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    throw new TcpdumpError(`${error.message}\n  ${expression}\n  ${' '.repeat(error.at)}^`);
  }
}
