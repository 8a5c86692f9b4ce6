import type { Stack } from '../ip/stack.ts';

/** A named counter that rules count into (net/netfilter/nfnetlink_acct.c). */
export interface Account {
  packets: number;
  bytes: number;
}

/** The accounting objects of one namespace. Rules refer to them by name; they have to be there first. */
export class Accounts {
  readonly #accounts = new Map<string, Account>();

  get(name: string): Account | undefined {
    return this.#accounts.get(name);
  }

  /** What `nfacct add` does; one that is there keeps its count. */
  ensure(name: string): void {
    if (!this.#accounts.has(name)) this.#accounts.set(name, { packets: 0, bytes: 0 });
  }
}

const known = new WeakMap<Stack, Accounts>();

export function accountsOf(stack: Stack): Accounts {
  let accounts = known.get(stack);
  if (accounts === undefined) known.set(stack, (accounts = new Accounts()));
  return accounts;
}
