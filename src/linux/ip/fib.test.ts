import { expect, test } from 'vitest';
import type { Device } from '../device/device.ts';
import { inetDefaults } from '../device/inet-settings.ts';
import { parseIp, parsePrefix } from '../packet/address.ts';
import { Fib } from './fib.ts';
import type { Route } from './route.ts';
import { tableNumber } from './table.ts';

const device = (name: string) => ({ name, up: true, carrier: true, inet: inetDefaults }) as Device;
const eth0 = device('eth0');
const eth1 = device('eth1');

function ip(text: string) {
  const address = parseIp(text);
  if (address === undefined) throw new Error(`${text} is no address`);
  return address;
}

function route(destination: string, more: Partial<Route> = {}): Route {
  const prefix = parsePrefix(destination);
  if (prefix === undefined) throw new Error(`${destination} is no prefix`);
  const table = tableNumber.main;
  const usual = { type: 'unicast', protocol: 'boot', scope: 'link', metric: 0, onlink: false } as const;
  return { ...usual, destination: prefix, table, device: eth0, ...more };
}

function fib(...routes: Route[]): Fib {
  const made = new Fib();
  for (const each of routes) made.insert(each);
  return made;
}

test('the longest prefix wins, whatever its metric and the order of adding', () => {
  const all = route('0.0.0.0/0');
  const wide = route('10.0.0.0/8');
  const narrow = route('10.244.1.0/24', { metric: 500 });
  const host = route('10.244.1.5/32', { metric: 900 });
  for (const routes of [
    [all, wide, narrow, host],
    [host, narrow, wide, all],
  ]) {
    const table = fib(...routes);
    expect(table.lookup({ destination: ip('10.244.1.5') })).toBe(host);
    expect(table.lookup({ destination: ip('10.244.1.6') })).toBe(narrow);
    expect(table.lookup({ destination: ip('10.244.2.5') })).toBe(wide);
    expect(table.lookup({ destination: ip('192.0.2.1') })).toBe(all);
  }
  expect(fib(wide).lookup({ destination: ip('11.0.0.1') })).toBeUndefined();
});

test('of one prefix the lowest metric wins; of one metric the first that was added', () => {
  const dear = route('10.0.0.0/8', { metric: 200 });
  const cheap = route('10.0.0.0/8', { metric: 100 });
  const later = route('10.0.0.0/8', { metric: 100, device: eth1 });
  const table = fib(dear, cheap, later);
  expect(table.lookup({ destination: ip('10.1.2.3') })).toBe(cheap);
  table.remove(cheap);
  expect(table.lookup({ destination: ip('10.1.2.3') })).toBe(later);
  table.remove(later);
  expect(table.lookup({ destination: ip('10.1.2.3') })).toBe(dear);
  table.remove(dear);
  expect(table.lookup({ destination: ip('10.1.2.3') })).toBeUndefined();
});

test('what was looked up before is forgotten when a route comes, goes or is replaced', () => {
  const wide = route('10.0.0.0/8');
  const table = fib(wide);
  expect(table.lookup({ destination: ip('10.1.2.3') })).toBe(wide);
  const narrow = route('10.1.0.0/16');
  table.insert(narrow);
  expect(table.lookup({ destination: ip('10.1.2.3') })).toBe(narrow);
  const other = route('10.1.0.0/16', { device: eth1 });
  table.replace(narrow, other);
  expect(table.lookup({ destination: ip('10.1.2.3') })).toBe(other);
  table.remove(other);
  expect(table.lookup({ destination: ip('10.1.2.3') })).toBe(wide);
});

test('a device that is asked for passes longer prefixes out of others over', () => {
  const narrow = route('10.1.0.0/16');
  const wide = route('10.0.0.0/8', { device: eth1 });
  const table = fib(narrow, wide);
  expect(table.lookup({ destination: ip('10.1.2.3'), out: eth1 })).toBe(wide);
  expect(table.lookup({ destination: ip('10.1.2.3'), out: eth0 })).toBe(narrow);
  expect(table.lookup({ destination: ip('10.2.0.1'), out: eth0 })).toBeUndefined();
});

test('local and main are one trie until the rules are changed; then local is asked before main, and always default last', () => {
  const local = route('10.0.0.0/8', { table: tableNumber.local, type: 'local' });
  const main = route('10.1.2.3/32');
  const last = route('10.1.2.4/32', { table: tableNumber.default });
  const both = fib(main, local);
  expect(both.lookup({ destination: ip('10.1.2.3') })).toBe(main);
  both.setRules([...both.rules]);
  expect(both.lookup({ destination: ip('10.1.2.3') })).toBe(local);
  expect(fib(last, route('10.0.0.0/8')).lookup({ destination: ip('10.1.2.4') })).not.toBe(last);
  expect(fib(last).lookup({ destination: ip('10.1.2.4') })).toBe(last);
  expect(fib(local).isLocal(ip('10.9.9.9'))).toBe(true);
  expect(fib(main).isLocal(ip('10.1.2.3'))).toBe(false);
});
