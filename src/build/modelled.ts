import { deviceKinds } from '../linux/device/kinds.ts';
import { ipSysctls } from '../linux/ip/sysctls.ts';
import { trackers } from '../linux/netfilter/conntrack/trackers.ts';

/** One thing that is modelled, in the words of its own description: the code that parses, prints and runs it has them. */
export interface Described {
  readonly name: string;
  readonly summary: string;
  /** What of the real thing is left out. */
  readonly leavesOut?: string | undefined;
}

/** The tables of the page "What is modelled, and what is not", by the name that `<Modelled part="..." />` asks for. */
export const modelled = {
  devices: () => deviceKinds,
  sysctls: () => ipSysctls,
  conntrack: () => Object.entries(trackers).map(([name, tracker]) => ({ ...tracker, name })),
} satisfies Readonly<Record<string, () => readonly Described[]>>;

export type ModelledPart = keyof typeof modelled;
