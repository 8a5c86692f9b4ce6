import { logOf } from '../../log.ts';
import { type AnyValues, option, target } from '../extension.ts';
import { number, quoted, text } from '../kind.ts';

const NFT_NAMES = { prefix: 'prefix', size: 'snaplen', threshold: 'queue-threshold' };

function group(values: AnyValues): string {
  return `group ${values['nflog-group']?.value ?? 0}`;
}

/** The same in nft's words. */
function nftParts(values: AnyValues, names: readonly (keyof typeof NFT_NAMES)[]): readonly string[] {
  return names.flatMap((name) => {
    const value = values[`nflog-${name}`]?.value;
    if (value === undefined) return [];
    return `${NFT_NAMES[name]} ${name === 'prefix' ? `"${value}"` : value}`;
  });
}

export const nflog = target({
  name: 'NFLOG',
  summary: 'hands a copy of the packet to the programs that listen to a group',
  leavesOut: 'copies are whole, and never wait for others (--nflog-size, --nflog-threshold)',
  options: {
    'nflog-prefix': option(text(63, 1)),
    'nflog-group': option(number(0xffff)),
    'nflog-size': option(number(0xffffffff)),
    'nflog-threshold': option(number(0xffff)),
  },
  settle({ 'nflog-group': group, 'nflog-threshold': threshold, ...values }) {
    return {
      ...values,
      ...(group !== undefined && group.value !== 0 && { 'nflog-group': group }),
      ...(threshold !== undefined && threshold.value > 1 && { 'nflog-threshold': threshold }),
    };
  },
  list(values) {
    const parts: string[] = [];
    const prefix = values['nflog-prefix'];
    if (prefix !== undefined) parts.push(`nflog-prefix ${quoted(prefix.value)}`);
    for (const name of ['nflog-group', 'nflog-size', 'nflog-threshold'] as const) {
      const given = values[name];
      if (given !== undefined) parts.push(`${name} ${given.value}`);
    }
    return parts.join(' ');
  },
  translate: (values) => ['log', ...nftParts(values, ['prefix', 'size', 'threshold']), group(values), ''].join(' '),
  native: (values) => [
    ['log', ...nftParts(values, ['prefix']), group(values), ...nftParts(values, ['size', 'threshold'])].join(' '),
  ],
  compile(values, { stack }) {
    const to = values['nflog-group']?.value ?? 0;
    const prefix = values['nflog-prefix']?.value ?? '';
    const listeners = logOf(stack);
    return (passage) => {
      listeners.toGroup(to, prefix, passage);
      return undefined;
    };
  },
});
