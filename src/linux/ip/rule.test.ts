import { expect, test } from 'vitest';
import { ip, prefix } from '../network.fixture.ts';
import type { Flow } from './flow.ts';
import { type Rule, ruleMatches } from './rule.ts';

const rule = (more: Partial<Rule>): Rule => ({
  priority: 1,
  invert: false,
  action: { kind: 'nop' },
  protocol: 3,
  ...more,
});
const flow = (more: Partial<Flow> = {}): Flow => ({ destination: ip('10.0.0.2'), ...more });

test('a rule asks only what it names', () => {
  expect(ruleMatches(rule({}), flow())).toBe(true);
  expect(ruleMatches(rule({ invert: true }), flow())).toBe(false);
});

test('marks are compared under the mask', () => {
  const marked = rule({ mark: { value: 0x4000, mask: 0x4000 } });
  expect(ruleMatches(marked, flow({ mark: 0xc000 }))).toBe(true);
  expect(ruleMatches(marked, flow({ mark: 0x8000 }))).toBe(false);
});

test('an address that is not chosen yet is 0.0.0.0; own packets come from lo', () => {
  expect(ruleMatches(rule({ from: prefix('10.0.0.0/8') }), flow())).toBe(false);
  expect(ruleMatches(rule({ from: prefix('10.0.0.0/8') }), flow({ source: ip('10.1.1.1') }))).toBe(true);
  expect(ruleMatches(rule({ to: prefix('10.0.0.0/24') }), flow())).toBe(true);
  expect(ruleMatches(rule({ iif: 'lo' }), flow())).toBe(true);
  expect(ruleMatches(rule({ oif: 'eth0' }), flow())).toBe(false);
});

test('ports and protocol have to be known to match', () => {
  const https = rule({ ipProtocol: 6, destinationPorts: [443, 444] });
  expect(ruleMatches(https, flow())).toBe(false);
  expect(ruleMatches(https, flow({ payload: { protocol: 'tcp', destinationPort: 443 } }))).toBe(true);
  expect(ruleMatches(https, flow({ payload: { protocol: 'udp', destinationPort: 443 } }))).toBe(false);
  expect(ruleMatches(https, flow({ payload: { protocol: 'tcp', destinationPort: 80 } }))).toBe(false);
});
