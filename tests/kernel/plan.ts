/**
 * One network and what is done in it, as plain command lines and packets: carried out with the real tools in real
 * namespaces (real.ts) and with our programs in the simulation (simulated.ts). It is JSON, so that a plan that found a
 * fault can be kept as it is (found/).
 */
export interface Plan {
  /** What it was made from: `npm run test:kernel -- SEED` makes it again. */
  readonly seed: string;
  readonly namespaces: readonly string[];
  readonly steps: readonly Step[];
  readonly listeners: readonly Listener[];
  readonly probes: readonly Probe[];
  /** Asked at the end; what they print is compared. */
  readonly questions: readonly Step[];
  /**
   * Where chance decides (a hash's seed, a random number): so many times it is simulated, each with another seed, and
   * what the kernel does must be what one of them does. Each flow's probes are judged together, for these choices are
   * made for each flow by itself; answers, where all simulations agree on them.
   */
  readonly runs?: number;
}

/** A command line: words are split at blanks. */
export interface Step {
  /** The namespace. */
  readonly in: string;
  readonly run: string;
  readonly stdin?: string;
}

/** A UDP socket that sends back what it gets, or a TCP socket that accepts. */
export interface Listener {
  readonly in: string;
  readonly protocol: 'udp' | 'tcp';
  readonly port: number;
  readonly address?: string;
}

export type Probe = (FrameProbe | SendProbe | ConnectProbe | WaitProbe) & {
  /** In a plan of chance: probes with the same name are one flow. Absent: a flow of its own. */
  readonly flow?: string;
};

/** An Ethernet frame leaves by a device, past its namespace's own stack (packet(7)). */
export interface FrameProbe {
  readonly kind: 'frame';
  readonly in: string;
  readonly device: string;
  /** In hexadecimal digits. */
  readonly bytes: string;
  /** Only these fragments of the packet are sent, in this order. */
  readonly pieces?: readonly Piece[];
}

/** A fragment: bytes of a packet's payload, by where they begin and how many they are. */
export interface Piece {
  readonly offset: number;
  readonly length: number;
  readonly more: boolean;
}

/** A packet of the namespace's own, sent by a raw socket that is bound to its source (raw(7)). */
export interface SendProbe {
  readonly kind: 'send';
  readonly in: string;
  /** From the IP header on, in hexadecimal digits; the kernel puts in an identification of its own. */
  readonly bytes: string;
  /** Path MTU discovery decides about DF (IP_PMTUDISC_WANT); absent: the packet's DF says whether it may be cut. */
  readonly discover?: true;
}

/** connect(2) of a TCP socket, which is then closed by RST. */
export interface ConnectProbe {
  readonly kind: 'connect';
  readonly in: string;
  readonly to: string;
  readonly port: number;
}

/** Nothing is sent for a time. */
export interface WaitProbe {
  readonly kind: 'wait';
  readonly in: string;
  readonly milliseconds: number;
}

/** What came of a plan. Arrays are as long as the plan's own. */
export interface Outcome {
  readonly steps: readonly Ran[];
  readonly probes: readonly Met[];
  readonly answers: readonly Ran[];
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What one probe led to. */
export interface Met {
  /** The errno of the call; of `connect`: `connected`, `pending` or an errno; else empty. */
  readonly outcome: string;
  /** Each frame on each device, in order within a namespace: namespace, device, direction, bytes. */
  readonly seen: readonly (readonly [namespace: string, device: string, direction: 'in' | 'out', bytes: string])[];
  /** What listeners got. */
  readonly heard: readonly string[];
}
