import { NetworkNamespace } from '../../linux/namespace.ts';
import { iptablesOf } from '../../linux/netfilter/iptables/iptables.ts';
import { VERSION } from '../../linux/netfilter/iptables/problem.ts';
import { saveTable } from '../../linux/netfilter/iptables/save.ts';
import { isTableName } from '../../linux/netfilter/iptables/table-name.ts';
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
  const only = given.get('table');
  const tables = iptablesOf(process.netns.stack).list();
  if (only !== undefined && (!isTableName(only) || !tables.some(([name]) => name === only))) {
    if (isTableName(only)) return 0;
    await process.stderr.write(`Table \`${only}' does not exist\n`);
    return 1;
  }
  const date = ctime(process.clock.wall());
  const counters = given.has('counters');
  for (const [name, table] of tables) {
    if (only === undefined || only === name) await process.stdout.write(saveTable(table, { counters, date }));
  }
  return 0;
};
