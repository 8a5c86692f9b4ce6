import type { IpAddress } from '../../packet/address.ts';

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
  /** `--to 10.0.0.1:5000-5100/80`: the port is as far from `minPort` as the packet's is from this. */
  readonly basePort?: number;
}

/** What MASQUERADE and REDIRECT may be told beside the address, which is the device's. */
export interface NatPorts extends NatFlags {
  readonly minPort?: number;
  readonly maxPort?: number;
}
