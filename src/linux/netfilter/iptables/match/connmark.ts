import { conntrackOf } from '../../conntrack/conntrack.ts';
import { match, option } from '../extension.ts';
import { markMask } from '../kind.ts';
import { translateMark } from './mark.ts';

export const connmark = match({
  name: 'connmark',
  summary: "the mark of the packet's connection, under a mask",
  options: { mark: option(markMask, { invert: true, required: true }) },
  list: ({ mark }) => `connmark match ${mark?.inverted ? '!' : ''} ${mark && markMask.save(mark.value)}`,
  translate: ({ mark }) => `ct mark ${mark && translateMark(mark)}`,
  compile({ mark }, { stack }) {
    conntrackOf(stack);
    const { value, mask } = mark?.value ?? { value: 0, mask: 0 };
    const inverted = mark?.inverted ?? false;
    return ({ skb: { connection } }) =>
      connection !== undefined &&
      connection.state !== 'untracked' &&
      ((connection.entry.mark & mask) >>> 0 === value) !== inverted;
  },
});
