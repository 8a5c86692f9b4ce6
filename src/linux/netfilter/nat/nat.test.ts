import { expect, test } from 'vitest';
import { Lab } from '../../network.fixture.ts';
import { Skb } from '../../packet/skb.ts';
import { conntrackOf, trackingOf } from '../conntrack/conntrack.ts';
import { natOf } from './nat.ts';

test('NAT switches connection tracking on, once; who only looks does not', () => {
  const { stack } = new Lab().namespace('a');
  expect(trackingOf(stack)).toBeUndefined();
  const nat = natOf(stack);
  expect(natOf(stack)).toBe(nat);
  expect(trackingOf(stack)).toBe(nat.conntrack);
});

test('a packet that a rule exempts is untracked', () => {
  const { stack } = new Lab().namespace('a');
  const skb = new Skb(undefined, 0);
  conntrackOf(stack).untrack(skb);
  expect(skb.connection?.state).toBe('untracked');
});
