import type { RejectWith } from '../reject.ts';

/** What a chain is for who jumps to it; `chain.ts` has the whole. */
export interface Target {
  readonly name: string;
}

/** What a rule says of a packet. `next`: something didn't match (NFT_BREAK); `continue`: it says so; both go on. */
export type Verdict =
  | { readonly kind: 'accept' | 'drop' | 'return' | 'continue' | 'next' | 'stolen' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: Target }
  | { readonly kind: 'reject'; readonly answer: RejectWith }
  | { readonly kind: 'queue'; readonly queue: number; readonly bypass: boolean };

export const ACCEPT: Verdict = { kind: 'accept' };
export const DROP: Verdict = { kind: 'drop' };
export const RETURN: Verdict = { kind: 'return' };
export const CONTINUE: Verdict = { kind: 'continue' };
export const NEXT: Verdict = { kind: 'next' };
export const STOLEN: Verdict = { kind: 'stolen' };

/** As rules and maps print it. */
export function formatVerdict(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'jump':
    case 'goto':
      return `${verdict.kind} ${verdict.chain.name}`;
    default:
      return verdict.kind;
  }
}
