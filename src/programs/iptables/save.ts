import { NetworkNamespace } from '../../linux/namespace.ts';
import { iptablesOf } from '../../linux/netfilter/iptables/iptables.ts';
import { VERSION } from '../../linux/netfilter/iptables/problem.ts';
import { saveTable } from '../../linux/netfilter/iptables/save.ts';
import { strangerNote } from '../../linux/netfilter/iptables/stranger.ts';
import { isTableName, tableNames } from '../../linux/netfilter/iptables/table-name.ts';
import { emptyTable } from '../../linux/netfilter/iptables/tables.ts';
import { joinTables } from '../../linux/netfilter/iptables-nft/tables.ts';
import type { Program } from '../../linux/process/process.ts';
import { ctime } from './ctime.ts';
import { readOptions } from './options.ts';

const NAME = 'iptables-save';

/** iptables-save(8): all tables, or one, as iptables-restore takes them. */
export const save: Program = async (process) => {
  if (!(process.netns instanceof NetworkNamespace)) throw new TypeError('iptables-save needs a simulated namespace');
  const read = readOptions(process.argv.slice(1), NAME, {
    flags: { c: 'counters', V: 'version', '4': 'ipv4', '6': 'ipv6', d: 'dump' },
    values: { t: 'table', M: 'modprobe', f: 'file' },
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
  if (given.has('file')) {
    await process.stderr.write(`${NAME}: -f is not modelled in this simulation; use > FILE\n`);
    return 1;
  }
  if (operands.length > 0) {
    await process.stderr.write('Unknown arguments found on commandline\n');
    return 1;
  }
  const { stack } = process.netns;
  joinTables(stack);
  const only = given.get('table');
  if (only !== undefined && !isTableName(only)) {
    await process.stderr.write(`Table \`${only}' does not exist\n`);
    return 1;
  }
  const date = ctime(process.clock.wall());
  const counters = given.has('counters');
  const tables = iptablesOf(stack);
  for (const name of only === undefined ? tableNames : [only]) {
    const stranger = tables.stranger(name);
    // A table that is asked for is made ready, and there in that way.
    const table = stranger?.table ?? tables.get(name) ?? (only === undefined ? undefined : emptyTable(name));
    if (stranger !== undefined) {
      if (stranger.incompatible.size === 0 && stranger.refusal !== undefined) {
        await process.stderr.write(`${NAME}: ${stranger.refusal}\n`);
        return 1;
      }
      await process.stdout.write(strangerNote(name, stranger));
      if (stranger.incompatible.size > 0) {
        await process.stdout.write(`# Table \`${name}' is incompatible, use 'nft' tool.\n`);
        continue;
      }
    }
    if (table !== undefined) await process.stdout.write(saveTable(table, { counters, date }));
  }
  return 0;
};
