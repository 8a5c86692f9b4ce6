import { natOf } from '../../nat/nat.ts';
import { type Given, option, target } from '../extension.ts';
import { flag } from '../kind.ts';
import { type AddressRange, addressRange, type PortRange, portsOf, requirePorts } from './nat-range.ts';

/** The targets of the table nat. NAT itself asks them once a connection, and does the rest. */

type Flag = Given<true>;
interface Flags {
  readonly random?: Flag;
  readonly 'random-fully'?: Flag;
  readonly persistent?: Flag;
}

function flagsText(values: Flags): string {
  let text = '';
  for (const name of ['random', 'random-fully', 'persistent'] as const) if (values[name]) text += ` ${name}`;
  return text;
}

/** As nft has them: ` fully-random,persistent` */
function nftFlags(values: Flags): string {
  const names = flagsText(values).trim().replace('random-fully', 'fully-random');
  return names === '' ? '' : ` ${names.replaceAll(' ', ',')}`;
}

function nftPorts(ports: Given<PortRange> | undefined): string {
  return ports === undefined ? '' : ` to :${portsOf.save(ports.value)}`;
}

function natFlags({ random, 'random-fully': fully, persistent }: Flags) {
  return {
    ...(random !== undefined && { random: true }),
    ...(fully !== undefined && { fullyRandom: true }),
    ...(persistent !== undefined && { persistent: true }),
  };
}

function bounds({ minAddress, maxAddress, minPort, maxPort }: AddressRange | (Partial<PortRange> & AddressRange)) {
  return {
    ...(minAddress !== undefined && { minAddress }),
    ...(maxAddress !== undefined && { maxAddress }),
    ...(minPort !== undefined && { minPort }),
    ...(maxPort !== undefined && { maxPort }),
  };
}

const NOWHERE: AddressRange = {};

export const dnat = target({
  name: 'DNAT',
  summary: "changes a connection's destination",
  leavesOut: 'a base port (`:80-90/1000`) is written but not counted from',
  tables: ['nat'],
  hooks: ['prerouting', 'output'],
  options: {
    'to-destination': option(addressRange, { required: true }),
    random: option(flag),
    persistent: option(flag),
  },
  settle(values, head) {
    requirePorts(values['to-destination']?.value.minPort, head);
    return values;
  },
  list: (values) => `to:${addressRange.save(values['to-destination']?.value ?? NOWHERE)}${flagsText(values)}`,
  translate(values) {
    const to = values['to-destination']?.value ?? NOWHERE;
    // xlate knows nothing of a base port.
    if ((to.basePort ?? 0) !== 0) return undefined;
    return `dnat to ${addressRange.save(to)}${nftFlags(values)}`;
  },
  compile(values, { stack }) {
    const nat = natOf(stack);
    const to = values['to-destination']?.value ?? NOWHERE;
    const range = { manipulate: 'destination' as const, ...bounds(to), ...natFlags(values) };
    return (passage) => nat.setup(passage, range);
  },
});

export const snat = target({
  name: 'SNAT',
  summary: "changes a connection's source",
  tables: ['nat'],
  hooks: ['postrouting', 'input'],
  options: {
    'to-source': option(addressRange, { required: true }),
    random: option(flag),
    'random-fully': option(flag),
    persistent: option(flag),
  },
  settle(values, head) {
    requirePorts(values['to-source']?.value.minPort, head);
    return values;
  },
  list: (values) => `to:${addressRange.save(values['to-source']?.value ?? NOWHERE)}${flagsText(values)}`,
  translate: (values) => `snat to ${addressRange.save(values['to-source']?.value ?? NOWHERE)}${nftFlags(values)}`,
  compile(values, { stack }) {
    const nat = natOf(stack);
    const to = values['to-source']?.value ?? NOWHERE;
    const range = { manipulate: 'source' as const, ...bounds(to), ...natFlags(values) };
    return (passage) => nat.setup(passage, range);
  },
});

export const masquerade = target({
  name: 'MASQUERADE',
  summary: "changes a connection's source to the address of the device that it leaves by",
  tables: ['nat'],
  hooks: ['postrouting'],
  options: { 'to-ports': option(portsOf), random: option(flag), 'random-fully': option(flag) },
  settle(values, head) {
    requirePorts(values['to-ports'], head);
    return values;
  },
  list(values) {
    const ports = values['to-ports'];
    return `${ports === undefined ? '' : `masq ports: ${portsOf.save(ports.value)}`}${flagsText(values)}`.trimStart();
  },
  translate: (values) => `masquerade${nftPorts(values['to-ports'])}${nftFlags(values)}`,
  compile(values, { stack }) {
    const nat = natOf(stack);
    const ports = { ...values['to-ports']?.value, ...natFlags(values) };
    return (passage) => nat.masquerade(passage, ports);
  },
});

export const redirect = target({
  name: 'REDIRECT',
  summary: 'sends a connection to this namespace itself',
  tables: ['nat'],
  hooks: ['prerouting', 'output'],
  options: { 'to-ports': option(portsOf), random: option(flag) },
  settle(values, head) {
    requirePorts(values['to-ports'], head);
    return values;
  },
  list(values) {
    const ports = values['to-ports'];
    return `${ports === undefined ? '' : `redir ports ${portsOf.save(ports.value)}`}${flagsText(values)}`.trimStart();
  },
  translate: (values) => `redirect${nftPorts(values['to-ports'])}${nftFlags(values)}`,
  compile(values, { stack }) {
    const nat = natOf(stack);
    const ports = { ...values['to-ports']?.value, ...natFlags(values) };
    return (passage) => nat.redirect(passage, ports);
  },
});
