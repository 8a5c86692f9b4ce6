import type { Stack } from '../../ip/stack.ts';
import type { Passage } from '../passage.ts';
import type { Devices } from './type/datatype.ts';
import type { Verdict } from './verdict.ts';

/** What rules are compiled for: one namespace. */
export interface Runtime {
  readonly stack: Stack;
  readonly devices: Devices;
}

/**
 * One statement at work. `undefined`: go on with the rule's next statement; a verdict ends the rule; `NEXT` too, where
 * something didn't match (NFT_BREAK).
 */
export type Step = (passage: Passage) => Verdict | undefined;

export function devicesOf(stack: Stack): Devices {
  return {
    index: (name) => {
      for (const device of stack.devices.values()) if (device.name === name) return device.index;
      return undefined;
    },
    name: (index) => stack.devices.get(index)?.name,
  };
}
