/**
 * A packet walk as data: where it happens, and what happened step by step. Made from Tap events (`tell.ts`),
 * small enough to travel in a page (a 20-hop story is some kilobytes), and the same for a recording of the
 * simulation and a capture of a real cluster.
 */
export interface Story {
  readonly title: string;
  readonly machines: readonly StoryMachine[];
  readonly links: readonly StoryLink[];
  readonly steps: readonly Step[];
  /** How it ended, in one sentence. */
  readonly outcome: string;
}

export interface StoryMachine {
  /** The machine's name, as `hop-worker`. */
  readonly name: string;
  readonly kind: 'node' | 'outside';
  /** Its own network namespace first, then those of its pods. */
  readonly namespaces: readonly StoryNamespace[];
}

export interface StoryNamespace {
  /** As in Tap events. */
  readonly id: string;
  readonly kind: 'host' | 'pod';
  /** What people call it: the pod's or the machine's name. */
  readonly label: string;
  readonly devices: readonly StoryDevice[];
}

export interface StoryDevice {
  readonly name: string;
  /** `10.244.1.2/24`, as `ip addr` prints it. */
  readonly addresses: readonly string[];
}

/** A device's full name: namespace and device. */
export interface DeviceId {
  readonly namespace: string;
  readonly device: string;
}

export interface StoryLink {
  readonly kind: 'veth' | 'wire';
  readonly ends: readonly DeviceId[];
}

export interface Step {
  /** Virtual milliseconds since the walk began. */
  readonly time: number;
  readonly leg: 'request' | 'reply' | 'arp';
  readonly at: DeviceId | { readonly namespace: string; readonly device?: undefined };
  /** Where the packet came from, when this step is its arrival over a link. */
  readonly from?: DeviceId;
  /** What happened, in one sentence. */
  readonly sentence: string;
  /** The route or rule that decided, in its own text. */
  readonly decided?: string;
  /** The packet's headers, outermost first. */
  readonly headers: readonly Header[];
  readonly verdict?: 'deliver' | 'drop';
}

export interface Header {
  readonly layer: 'Ethernet' | 'ARP' | 'IPv4' | 'ICMP' | 'TCP' | 'UDP' | 'SCTP' | 'IP in IP';
  readonly fields: readonly HeaderField[];
}

export interface HeaderField {
  readonly name: string;
  readonly value: string;
  /** Set where this step or link changed it. */
  readonly was?: string;
}
