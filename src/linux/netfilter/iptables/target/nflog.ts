import { logOf } from '../../log.ts';
import { option, target } from '../extension.ts';
import { number, quoted, text } from '../kind.ts';

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
  compile(values, { stack }) {
    const group = values['nflog-group']?.value ?? 0;
    const prefix = values['nflog-prefix']?.value ?? '';
    const listeners = logOf(stack);
    return (passage) => {
      listeners.toGroup(group, prefix, passage);
      return undefined;
    };
  },
});
