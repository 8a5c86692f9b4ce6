import { expect, test } from 'vitest';
import { Lab } from '../../network.fixture.ts';
import { Nft } from './nftables.fixture.ts';

const FILTER = `table inet filter {
	set blocked {
		type ipv4_addr
		flags interval
		elements = { 10.244.2.0/24, 192.168.1.1-192.168.1.9 }
	}

	chain input {
		type filter hook input priority filter; policy drop;
		iifname "lo" accept
		icmp type echo-request ip saddr @blocked counter packets 0 bytes 0 drop comment "not from there"
		icmp type { echo-reply, echo-request } accept
	}

	chain forward {
		type filter hook forward priority filter; policy accept;
		ip daddr . meta l4proto vmap { 10.244.3.6 . icmp : goto refuse }
	}

	chain refuse {
		reject with icmpx admin-prohibited
	}
}
`;

test('what is loaded is listed as it was written', () => {
  const nft = new Nft();
  nft.run(FILTER);
  expect(nft.run('list ruleset')).toBe(FILTER);
});

test('a filter chain decides packets, and the tap hears which rule did', async () => {
  const lab = new Lab();
  const { a, b, podA } = lab.cluster();
  const nft = new Nft(b, lab);
  expect(await lab.ping(podA, '172.18.0.3')).toMatchObject({ type: 'echo-reply' });
  nft.run(FILTER);
  lab.events.length = 0;
  expect(await lab.ping(podA, '172.18.0.3')).toBeUndefined();
  const dropped = lab.events.find(({ verdict }) => verdict === 'drop');
  expect(dropped).toMatchObject({
    namespace: 'b',
    stage: 'input',
    table: 'inet filter',
    chain: 'input',
    rule: 'icmp type echo-request ip saddr @blocked counter drop comment "not from there"',
    reason: 'not from there',
  });
  expect(nft.run('list chain inet filter input')).toContain('counter packets 1 bytes 84 drop');
  expect(await lab.ping(a, '172.18.0.3')).toMatchObject({ type: 'echo-reply' });
  lab.events.length = 0;
  expect(await lab.ping(podA, '10.244.3.6')).toMatchObject({
    type: 'destination-unreachable',
    code: 'admin-prohibited',
  });
  const told = lab.events.filter(({ table }) => table !== undefined);
  expect(told.map(({ chain, verdict, reason }) => [chain, verdict, reason])).toEqual([
    ['forward', undefined, 'goes over to chain refuse'],
    ['refuse', 'reject', 'a rule refuses it with admin-prohibited'],
  ]);
});

test('a policy of drop is told where no rule has decided', async () => {
  const lab = new Lab();
  const { b, podA } = lab.cluster();
  new Nft(b, lab).run('table ip t {\n chain c { type filter hook input priority 0; policy drop; }\n}');
  expect(await lab.ping(podA, '172.18.0.3')).toBeUndefined();
  expect(lab.events.find(({ table }) => table === 'ip t')).toMatchObject({
    chain: 'c',
    verdict: 'drop',
    reason: 'no rule of chain c accepts it, and its policy is drop',
  });
});

test('a text is carried out as a whole or not at all', () => {
  const nft = new Nft();
  expect(nft.errors('add table ip t\nadd chain ip t c\nadd rule ip t nosuch accept')).toBe(
    `rules:3:15-20: Error: Could not process rule: No such file or directory
add rule ip t nosuch accept
              ^^^^^^
`,
  );
  expect(nft.run('list ruleset')).toBe('');
});
