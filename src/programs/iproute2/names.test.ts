import { expect, test } from 'vitest';
import { prefix } from '../../linux/network.fixture.ts';
import { Bench } from '../network.fixture.ts';

/** As the real tool (iproute2 6.1) printed it. */
test("tables and protocols have the names of the machine's files", async () => {
  const bench = new Bench();
  const node = bench.lab.namespace('node');
  node.addAddress('lo', prefix('10.0.0.1/24'));
  const { files } = bench.machine(node);
  files.write('/etc/iproute2/rt_tables', '100 blue\n0x65\tred # comment\n102 green\n102 grass\n', { append: true });
  files.write('/etc/iproute2/rt_protos.d/c.conf', '50 cilium\n');
  files.write('/etc/iproute2/rt_tables.d/c.conf', '103 indir\n');
  const run = async (line: string) => {
    const { stdout, stderr } = await bench.run(node, line);
    return stdout + stderr;
  };
  for (const words of [
    '10.9.0.0/16 dev lo table blue proto cilium',
    '10.9.1.0/24 dev lo table red proto 50',
    '10.9.2.0/24 dev lo table grass',
    '10.9.3.0/24 dev lo table green',
    '10.9.3.0/24 dev lo table indir scope 200',
    '10.9.3.0/24 dev lo table 0x70',
  ]) {
    expect(await run(`ip route add ${words}`)).toBe('');
  }
  expect(await run('ip route add 10.9.3.0/24 dev lo table nope')).toBe(
    'Error: argument "nope" is wrong: "table" value is invalid\n\n',
  );
  expect(await run('ip route show table all')).toContain(`10.9.0.0/16 dev lo table blue proto cilium scope link 
10.9.1.0/24 dev lo table red proto cilium scope link 
10.9.2.0/24 dev lo table grass scope link 
10.9.3.0/24 dev lo table grass scope link 
10.9.3.0/24 dev lo table indir scope site 
10.9.3.0/24 dev lo table 112 scope link 
`);
  expect(await run('ip -j route show table blue')).toBe(
    '[{"dst":"10.9.0.0/16","dev":"lo","protocol":"cilium","scope":"link","flags":[]}]\n',
  );
  expect(await run('ip route show table red proto cilium')).toBe('10.9.1.0/24 dev lo scope link \n');
  await run('ip rule add from 10.0.0.1 lookup blue priority 10 protocol cilium');
  expect(await run('ip rule')).toContain('10:\tfrom 10.0.0.1 lookup blue proto cilium\n');
  expect(await run('ip route get 10.9.1.1 from 10.0.0.1')).toContain('table blue');
  files.write('/etc/iproute2/rt_tables', 'x y z\n', { append: true });
  expect(await run('ip rule')).toContain('Database /etc/iproute2/rt_tables is corrupted at x y z\n\n');
  files.remove('/etc/iproute2/rt_tables');
  expect(await run('ip rule')).toContain('lookup 100 proto cilium\n');
});
