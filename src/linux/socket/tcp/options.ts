import type { Sysctl } from '../../ip/sysctl.ts';
import type { TcpSegment } from '../../packet/packet.ts';

/** What two ends have agreed on by the options of their SYNs. */
export interface Agreed {
  /** RFC 7323: by how many bits the windows that this end reads, and those that it sends, are shifted. */
  readonly sendScale: number;
  readonly receiveScale: number;
  readonly timestamps: boolean;
  /** RFC 2018. */
  readonly sack: boolean;
}

/** Bytes that timestamps take of each segment. */
export const TIMESTAMP_BYTES = 12;
/** tcp_select_initial_window with the default tcp_rmem[2] of 6 MB. */
const WINDOW_SCALE = 7;
/** RFC 9293, 3.7.1: of a peer that doesn't say. */
export const DEFAULT_SEGMENT = 536;

/** The options of a SYN (`peer` absent), or of the SYN+ACK that answers `peer`'s. */
export function synOptions(
  sysctl: Sysctl,
  mss: number,
  timestamps: NonNullable<TcpSegment['timestamps']>,
  peer?: TcpSegment,
): Pick<TcpSegment, 'mss' | 'sackPermitted' | 'timestamps' | 'windowScale'> {
  const wanted = (name: string, theirs: unknown) =>
    sysctl.number(name) !== 0 && (peer === undefined || theirs !== undefined);
  return {
    mss,
    ...(wanted('net.ipv4.tcp_sack', peer?.sackPermitted) && { sackPermitted: true }),
    ...(wanted('net.ipv4.tcp_timestamps', peer?.timestamps) && { timestamps }),
    ...(wanted('net.ipv4.tcp_window_scaling', peer?.windowScale) && { windowScale: WINDOW_SCALE }),
  };
}

/** What holds once `peer`'s SYN is here: an option counts where both sides have sent it. */
export function agree(sysctl: Sysctl, peer: TcpSegment): Agreed {
  const scale = sysctl.number('net.ipv4.tcp_window_scaling') !== 0 && peer.windowScale !== undefined;
  return {
    sendScale: scale ? Math.min(peer.windowScale ?? 0, 14) : 0,
    receiveScale: scale ? WINDOW_SCALE : 0,
    timestamps: sysctl.number('net.ipv4.tcp_timestamps') !== 0 && peer.timestamps !== undefined,
    sack: sysctl.number('net.ipv4.tcp_sack') !== 0 && peer.sackPermitted === true,
  };
}
