import type { IpAddress, MacAddress } from './address.ts';

/** An Ethernet frame. Frames and what they carry are never changed once sent: a hop that rewrites makes a copy. */
export interface Frame {
  readonly source: MacAddress;
  readonly destination: MacAddress;
  readonly payload: ArpPacket | IpPacket;
}

/** ARP for IPv4 over Ethernet (RFC 826). */
export interface ArpPacket {
  readonly kind: 'arp';
  readonly operation: 'request' | 'reply';
  readonly senderMac: MacAddress;
  readonly senderIp: IpAddress;
  readonly targetMac: MacAddress;
  readonly targetIp: IpAddress;
}

/** An IP packet: RFC 791 names, without what can be derived (checksum, length). */
export interface IpPacket {
  readonly kind: 'ip';
  readonly source: IpAddress;
  readonly destination: IpAddress;
  readonly ttl: number;
  /** Type of service byte. */
  readonly tos: number;
  readonly id: number;
  readonly dontFragment: boolean;
  readonly payload: Segment;
  /** Absent on a whole packet. A fragment refers to the whole payload and says which bytes of it it carries. */
  readonly fragment?: Fragment;
}

/** RFC 791: what one fragment carries of its packet's payload, in bytes. */
export interface Fragment {
  readonly offset: number;
  readonly length: number;
  readonly more: boolean;
}

/** What follows the IP header; `protocol` is the name that /etc/protocols and tcpdump have for it. */
export type Segment = TcpSegment | UdpDatagram | SctpPacket | IcmpMessage | IpInIp;

export interface TcpSegment {
  readonly protocol: 'tcp';
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly syn: boolean;
  readonly ack: boolean;
  readonly fin: boolean;
  readonly rst: boolean;
  readonly psh: boolean;
  /** As it stands in the header: after the handshake the receiver shifts it by the window scale. */
  readonly window: number;
  /** The options; one that is absent isn't sent. On SYN only: maximum segment size (RFC 9293, 3.7.1), */
  readonly mss?: number;
  /** SACK permitted (RFC 2018), */
  readonly sackPermitted?: true;
  /** and window scale (RFC 7323). */
  readonly windowScale?: number;
  /** RFC 7323, in milliseconds as Linux counts them: TSval and TSecr. */
  readonly timestamps?: { readonly value: number; readonly echo: number };
  /** SACK (RFC 2018): what has come beyond a gap. */
  readonly sack?: readonly (readonly [left: number, right: number])[];
  readonly data: Uint8Array;
}

export interface UdpDatagram {
  readonly protocol: 'udp';
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Empty where the datagram carries a tunnel's packet. */
  readonly data: Uint8Array;
  /** What a tunnel device put into it. */
  readonly tunnel?: VxlanPayload | WireguardPayload;
}

/** RFC 7348: an Ethernet frame behind the VXLAN header. */
export interface VxlanPayload {
  readonly kind: 'vxlan';
  /** 24 bits. */
  readonly vni: number;
  readonly frame: Frame;
}

/** WireGuard's transport data message (type 4): the packet inside can be read only by who has the key. */
export interface WireguardPayload {
  readonly kind: 'wireguard';
  /** The receiver's index of the session. */
  readonly receiver: number;
  readonly counter: number;
  readonly packet: IpPacket;
  /** For whom it is sealed; not on the wire. Absent on what was read from bytes, which nobody here can open. */
  readonly seal?: WireguardSeal;
}

/** Stands for the session that a handshake would have made: public keys in base64. */
export interface WireguardSeal {
  readonly from: string;
  readonly to: string;
  readonly preshared: string | undefined;
}

/** RFC 2003: IP in IP, protocol 4. */
export interface IpInIp {
  readonly protocol: 'ipip';
  readonly packet: IpPacket;
}

/** RFC 9260, as far as an association goes. */
export interface SctpPacket {
  readonly protocol: 'sctp';
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly verificationTag: number;
  readonly chunks: readonly SctpChunk[];
}

export interface SctpChunk {
  readonly type:
    | 'data'
    | 'init'
    | 'init-ack'
    | 'sack'
    | 'heartbeat'
    | 'heartbeat-ack'
    | 'abort'
    | 'shutdown'
    | 'shutdown-ack'
    | 'error'
    | 'cookie-echo'
    | 'cookie-ack'
    | 'shutdown-complete';
  /** INIT and INIT ACK: the tag that the other side has to put into its packets. */
  readonly initiateTag?: number;
  /** DATA: its transmission sequence number. SACK: the one up to which all has come. INIT, INIT ACK: the first. */
  readonly sequence?: number;
  /** DATA alone. */
  readonly data?: Uint8Array;
}

export type IcmpMessage = IcmpEcho | IcmpError;

/** Echo request and reply (RFC 792). */
export interface IcmpEcho {
  readonly protocol: 'icmp';
  readonly type: 'echo-request' | 'echo-reply';
  readonly identifier: number;
  readonly sequence: number;
  readonly data: Uint8Array;
}

/** An ICMP error, or a redirect, carries the head of the packet that caused it (RFC 792; fragmentation-needed: RFC 1191). */
export interface IcmpError {
  readonly protocol: 'icmp';
  readonly type: 'destination-unreachable' | 'redirect' | 'time-exceeded';
  readonly code:
    | 'net'
    | 'host'
    | 'protocol'
    | 'port'
    | 'fragmentation-needed'
    | 'net-prohibited'
    | 'host-prohibited'
    | 'admin-prohibited'
    | 'redirect-net'
    | 'redirect-host'
    | 'redirect-tos-net'
    | 'redirect-tos-host'
    | 'ttl'
    | 'reassembly';
  /** MTU of the next hop, with fragmentation-needed. */
  readonly mtu?: number;
  /** The router to take instead, with redirects. */
  readonly gateway?: IpAddress;
  readonly original: IpPacket;
}
