import { type Given, match, option } from '../extension.ts';
import { hex, type Masked, markMask } from '../kind.ts';

export const mark = match({
  name: 'mark',
  summary: "the packet's mark, under a mask",
  options: { mark: option(markMask, { invert: true, required: true }) },
  list: ({ mark }) => `mark match ${mark?.inverted ? '! ' : ''}${mark && markMask.save(mark.value)}`,
  translate: ({ mark }) => `mark ${mark && translateMark(mark)}`,
  native({ mark }) {
    const { value, mask } = mark?.value ?? { value: 0, mask: 0 };
    // A mask of nothing is no prefix of anything; nft says it all the same.
    if (mask === 0) return [`meta mark ${mark?.inverted ? '!= ' : ''}${hex8(value)}/0`];
    const not = mark?.inverted ?? false;
    if (mask === 0xffffffff) return [`meta mark ${not ? '!= ' : ''}${hex8(value)}`];
    return [`meta mark & ${hex8(mask)} ${not ? '!=' : '=='} ${hex8(value)}`];
  },
  compile({ mark }) {
    const { value, mask } = mark?.value ?? { value: 0, mask: 0 };
    const inverted = mark?.inverted ?? false;
    return ({ skb }) => (((skb.mark & mask) >>> 0 === value) as boolean) !== inverted;
  },
});

/** `!= 0x1`, `and 0xff == 0x1` */
export function translateMark({ value: { value, mask }, inverted }: Given<Masked>): string {
  if (mask === 0xffffffff) return `${inverted ? '!= ' : ''}${hex(value)}`;
  return `and ${hex(mask)} ${inverted ? '!=' : '=='} ${hex(value)}`;
}

function hex8(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
