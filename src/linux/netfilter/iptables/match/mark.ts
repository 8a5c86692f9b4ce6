import { match, option } from '../extension.ts';
import { markMask } from '../kind.ts';

export const mark = match({
  name: 'mark',
  summary: "the packet's mark, under a mask",
  options: { mark: option(markMask, { invert: true, required: true }) },
  list: ({ mark }) => `mark match ${mark?.inverted ? '! ' : ''}${mark && markMask.save(mark.value)}`,
  compile({ mark }) {
    const { value, mask } = mark?.value ?? { value: 0, mask: 0 };
    const inverted = mark?.inverted ?? false;
    return ({ skb }) => (((skb.mark & mask) >>> 0 === value) as boolean) !== inverted;
  },
});
