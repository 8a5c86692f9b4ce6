import { LinuxError, strerror } from '../../linux/errno.ts';
import { resolvePath } from '../../linux/files/path.ts';
import { NetworkNamespace } from '../../linux/namespace.ts';
import { joinTables } from '../../linux/netfilter/iptables-nft/tables.ts';
import { carryOut } from '../../linux/netfilter/nftables/command/carry-out.ts';
import { nftablesOf } from '../../linux/netfilter/nftables/kernel.ts';
import { describeError } from '../../linux/netfilter/nftables/parse/location.ts';
import type { Process, Program } from '../../linux/process/process.ts';
import { monitor } from './monitor.ts';
import { NftExit, type NftOptions, parseOptions, readFile } from './options.ts';

/** nftables' user tool, as nftables 1.0.6 has it. */
export const nft: Program = async (process) => {
  try {
    return await run(process, parseOptions(process.argv));
  } catch (error) {
    if (!(error instanceof NftExit)) throw error;
    if (error.stdout !== '') await process.stdout.write(error.stdout);
    if (error.message !== '') await process.stderr.write(error.message);
    return error.status;
  }
};

async function run(process: Process, options: NftOptions): Promise<number> {
  const { netns } = process;
  if (!(netns instanceof NetworkNamespace)) throw new NftExit('nft: this machine has no network of its own\n', 1);
  if (options.defines.length > 0 && options.file === undefined) {
    throw new NftExit('Error: -D/--define can only be used with -f/--filename\n', 1);
  }
  const kernel = nftablesOf(netns.stack);
  joinTables(netns.stack);
  const { file, words, defines } = options;
  if (file === undefined && words.length === 0) throw new NftExit('nft: no command specified\n', 1);
  if (file === undefined && /^monitor\b/.test(words.join(' ').trim())) return monitor(process, netns, options);
  const text = file === undefined ? `${words.join(' ')}\n` : await textOf(process, file);
  const name = file === '-' ? '/dev/stdin' : file;
  const prelude = defines.map((define) => `define ${define}\n`).join('');
  const { output, errors } = carryOut(kernel, {
    name,
    text: prelude + text,
    readFile: (path) => included(process, path),
    dry: options.check,
    style: { ...options, devices: kernel.runtime.devices },
  });
  for (const { warning, text } of output) await (warning ? process.stderr : process.stdout).write(text);
  for (const error of errors) await process.stderr.write(describeError(error));
  return errors.length === 0 ? 0 : 1;
}

async function textOf(process: Process, file: string): Promise<string> {
  try {
    return await readFile(process, file);
  } catch (error) {
    if (!(error instanceof LinuxError)) throw error;
    const said = `Could not open file "${file}": ${strerror[error.errno]}`;
    throw new NftExit(`internal:0:0-0: Error: ${said}\n\n\n`, 1);
  }
}

/** An included file; relative names are looked for in /etc, and beside the process where they begin with a dot. */
function included(process: Process, path: string): string | undefined {
  const base = /^\.\.?\//.test(path) ? process.cwd : '/etc';
  try {
    return new TextDecoder().decode(process.files.read(resolvePath(base, path)));
  } catch {
    return undefined;
  }
}
