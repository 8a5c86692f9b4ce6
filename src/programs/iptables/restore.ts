import { LinuxError, strerror } from '../../linux/errno.ts';
import { NetworkNamespace } from '../../linux/namespace.ts';
import { iptablesOf } from '../../linux/netfilter/iptables/iptables.ts';
import { VERSION } from '../../linux/netfilter/iptables/problem.ts';
import { Restore } from '../../linux/netfilter/iptables/restore.ts';
import { joinTables } from '../../linux/netfilter/iptables-nft/tables.ts';
import { openReader } from '../../linux/process/open.ts';
import type { Process, Program } from '../../linux/process/process.ts';
import { concatenate } from '../../linux/process/streams.ts';
import { readOptions } from './options.ts';

const NAME = 'iptables-restore';

const USAGE = `Usage: ${NAME} [-c] [-v] [-V] [-t] [-h] [-n] [-T table] [-M command] [-4] [-6] [file]
	   [ --counters ]
	   [ --verbose ]
	   [ --version]
	   [ --test ]
	   [ --help ]
	   [ --noflush ]
	   [ --table=<TABLE> ]
	   [ --modprobe=<command> ]
	   [ --ipv4 ]
	   [ --ipv6 ]
`;

/** iptables-restore(8): tables from a text, each put in force by its COMMIT. */
export const restore: Program = async (process) => {
  if (!(process.netns instanceof NetworkNamespace)) throw new TypeError(`${NAME} needs a simulated network namespace`);
  const read = readOptions(process.argv.slice(1), NAME, {
    flags: {
      c: 'counters',
      v: 'verbose',
      V: 'version',
      t: 'test',
      h: 'help',
      n: 'noflush',
      '4': 'ipv4',
      '6': 'ipv6',
    },
    values: { T: 'table', M: 'modprobe', W: 'wait-interval' },
    optional: { w: 'wait' },
  });
  if (typeof read === 'string') {
    await process.stderr.write(read);
    return 1;
  }
  const { given, operands } = read;
  if (given.has('version')) {
    await process.stdout.write(`${NAME} v${VERSION}\n`);
    return 0;
  }
  if (given.has('help')) {
    await process.stderr.write(USAGE);
    return 0;
  }
  if (operands.length > 1) {
    await process.stderr.write('Unknown arguments found on commandline\n');
    return 1;
  }
  let text: string;
  try {
    text = await readAll(process, operands[0]);
  } catch (error) {
    if (!(error instanceof LinuxError)) throw error;
    await process.stderr.write(`Can't open ${operands[0]}: ${strerror[error.errno]}\n`);
    return 1;
  }
  joinTables(process.netns.stack);
  const done = new Restore(iptablesOf(process.netns.stack), {
    keep: given.has('noflush'),
    counters: given.has('counters'),
    test: given.has('test'),
    verbose: given.has('verbose') ? 1 : 0,
    table: given.get('table'),
  }).run(text);
  if (done.stdout !== '') await process.stdout.write(done.stdout);
  if (done.stderr !== '') await process.stderr.write(done.stderr);
  return done.status;
};

export async function readAll(process: Process, path: string | undefined): Promise<string> {
  const reader = path === undefined ? process.stdin : openReader(process, path);
  const chunks: Uint8Array[] = [];
  for (;;) {
    const chunk = await reader.read(process.signals.ended);
    if (chunk === undefined) return new TextDecoder().decode(concatenate(chunks));
    chunks.push(chunk);
  }
}
