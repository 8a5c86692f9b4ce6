import type { Stack } from '../../ip/stack.ts';
import type { IpAddress } from '../../packet/address.ts';
import { type Conntrack, conntrackOf } from '../conntrack/conntrack.ts';
import type { HookVerdict } from '../hook-table.ts';
import type { Hook, Passage } from '../passage.ts';

/** How a port is found where the range leaves a choice (NF_NAT_RANGE_PROTO_RANDOM and its like). */
export interface NatFlags {
  /** `--random`: the search starts anywhere in the range. */
  readonly random?: boolean;
  /** `--random-fully`: the port is drawn, and not kept where it is free. */
  readonly fullyRandom?: boolean;
  /** `--persistent`: a client gets the same address for all its destinations. */
  readonly persistent?: boolean;
}

/** What a rule asks for (nf_nat_range2). Without addresses the packet's own is kept, without ports the port is. */
export interface NatRange extends NatFlags {
  readonly manipulate: 'source' | 'destination';
  readonly minAddress?: IpAddress;
  readonly maxAddress?: IpAddress;
  /** Ports, or ICMP identifiers. */
  readonly minPort?: number;
  readonly maxPort?: number;
}

/** What MASQUERADE and REDIRECT may be told beside the address, which is the device's. */
export interface NatPorts extends NatFlags {
  readonly minPort?: number;
  readonly maxPort?: number;
}

/** A table's NAT chain at a hook: asked once for each new connection, in the order of priorities. */
export interface NatChain {
  /** For people: `iptables nat`. */
  readonly name: string;
  readonly priority: number;
  run(passage: Passage): HookVerdict;
}

/** Where chains of type nat may stand (net/netfilter/nf_nat_core.c). */
export type NatHook = Exclude<Hook, 'forward'>;

/** Network address translation in one namespace (net/netfilter/nf_nat_core.c). */
export class Nat {
  readonly conntrack: Conntrack;
  readonly #chains: Readonly<Record<NatHook, NatChain[]>> = { prerouting: [], input: [], output: [], postrouting: [] };

  constructor(stack: Stack) {
    this.conntrack = conntrackOf(stack);
  }

  /** Of equal priorities the first stays first. @returns what takes it away again. */
  register(hook: NatHook, chain: NatChain): () => void {
    const list = this.#chains[hook];
    const at = list.findIndex((other) => other.priority > chain.priority);
    list.splice(at < 0 ? list.length : at, 0, chain);
    return () => {
      const index = list.indexOf(chain);
      if (index >= 0) list.splice(index, 1);
    };
  }

  /** nf_nat_setup_info: binds the passage's new connection. `drop` (told to the tap) where no port is left. */
  setup(_passage: Passage, _range: NatRange): HookVerdict {
    return 'accept';
  }

  /** nf_nat_masquerade_ipv4: to the address of the device that the packet leaves by. */
  masquerade(passage: Passage, ports: NatPorts = {}): HookVerdict {
    return this.setup(passage, { ...ports, manipulate: 'source' });
  }

  /** nf_nat_redirect_ipv4: to this namespace itself. */
  redirect(passage: Passage, ports: NatPorts = {}): HookVerdict {
    return this.setup(passage, { ...ports, manipulate: 'destination' });
  }
}

const known = new WeakMap<Stack, Nat>();

/** The namespace's NAT; the first call switches it on, and connection tracking with it. */
export function natOf(stack: Stack): Nat {
  let nat = known.get(stack);
  if (nat === undefined) known.set(stack, (nat = new Nat(stack)));
  return nat;
}
