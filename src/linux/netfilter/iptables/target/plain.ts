import { option, target } from '../extension.ts';
import { flag } from '../kind.ts';

export const trace = target({
  name: 'TRACE',
  summary: 'lets the rules that the packet meets from here on be told (`xtables-monitor --trace`)',
  options: {},
  list: () => '',
  translate: () => 'nftrace set 1',
  native: () => ['meta nftrace set 1'],
  compile:
    () =>
    ({ skb }) => {
      skb.trace = true;
      return undefined;
    },
});

export const checksum = target({
  name: 'CHECKSUM',
  summary: 'fills in the checksum that a device would have computed',
  tables: ['mangle'],
  options: { 'checksum-fill': option(flag, { required: true }) },
  list: () => 'CHECKSUM fill',
  compile:
    () =>
    ({ skb }) => {
      skb.partialChecksum = false;
      return undefined;
    },
});
