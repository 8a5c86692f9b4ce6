import type { Passage } from '../../passage.ts';
import type { Runtime } from '../runtime.ts';
import type { DataType } from '../type/datatype.ts';
import type { Read, Scalar } from '../value.ts';

/** A protocol whose header rules can look at. `th`: any with ports. */
export type HeaderProtocol = 'ip' | 'ip6' | 'tcp' | 'udp' | 'sctp' | 'icmp' | 'icmpv6' | 'th';

/** Something of a packet that rules can look at: a header field, a mark, what conntrack knows. */
export interface Selector {
  /** As `nft list` prints it. */
  readonly text: string;
  readonly type: DataType;
  /** Where in which header it stands, in bits. */
  readonly header?: { readonly protocol: HeaderProtocol; readonly offset: number };
  compile(runtime: Runtime): Read;
  /** It can only be set. */
  readonly unreadable?: boolean;
  /** Absent where it can't be set. */
  write?(runtime: Runtime): (passage: Passage, value: Scalar) => void;
}

/** What a table of fields says of one. */
export interface Field {
  /** One line for the reference: what is compared. */
  readonly summary: string;
  /** Why a rule that has it is refused; absent for those that are modelled. */
  readonly refused?: string;
}
