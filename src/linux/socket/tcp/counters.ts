import type { Clock, Milliseconds } from '../../../simulation/clock.ts';
import type { TcpSegment } from '../../packet/packet.ts';
import type { TcpFigures } from '../entry.ts';
import { type Agreed, TIMESTAMP_BYTES } from './options.ts';
import type { Receiver } from './receiver.ts';
import type { Sender } from './sender.ts';

const IP_AND_TCP_HEADERS = 40;

/** What a connection counts for `ss -i` (tcp_get_info). */
export class Counters {
  /** When something last came from the peer. */
  heard: Milliseconds;
  readonly #clock: Clock;
  #out = 0;
  #in = 0;
  #dataOut = 0;
  #dataIn = 0;
  #dataBytesOut = 0;
  #sentAt: Milliseconds;
  #receivedAt: Milliseconds;
  #acknowledgedAt: Milliseconds;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.heard = this.#sentAt = this.#receivedAt = this.#acknowledgedAt = clock.now();
  }

  went({ data }: TcpSegment): void {
    this.#out++;
    if (data.length === 0) return;
    this.#dataOut++;
    this.#dataBytesOut += data.length;
    this.#sentAt = this.#clock.now();
  }

  came({ data, ack }: TcpSegment): void {
    const now = this.#clock.now();
    this.#in++;
    this.heard = now;
    if (ack) this.#acknowledgedAt = now;
    if (data.length === 0) return;
    this.#dataIn++;
    this.#receivedAt = now;
  }

  /** `path`: the largest segment without options that the path takes. */
  figures(agreed: Agreed, sender: Sender | undefined, receiver: Receiver | undefined, path: number): TcpFigures {
    const now = this.#clock.now();
    const figures = sender?.figures;
    const options = agreed.timestamps ? TIMESTAMP_BYTES : 0;
    const scaled = agreed.sendScale > 0 || agreed.receiveScale > 0;
    return {
      timestamps: agreed.timestamps,
      sack: agreed.sack,
      scales: scaled ? { send: agreed.sendScale, receive: agreed.receiveScale } : undefined,
      timeout: sender?.roundTrip.timeout ?? 1000,
      backOff: sender?.tries ?? 0,
      roundTrip: sender?.roundTrip.measured,
      segment: figures?.segment ?? path,
      pathMtu: path + IP_AND_TCP_HEADERS,
      advertisedSegment: path - options,
      congestion: figures?.congestion ?? 1,
      threshold: figures?.threshold,
      bytesSent: this.#dataBytesOut,
      // The SYN counts as a byte.
      bytesAcknowledged: figures === undefined ? 0 : figures.acknowledged + 1,
      bytesReceived: receiver?.received ?? 0,
      segmentsOut: this.#out,
      segmentsIn: this.#in,
      dataSegmentsOut: this.#dataOut,
      dataSegmentsIn: this.#dataIn,
      sinceSent: now - this.#sentAt,
      sinceReceived: now - this.#receivedAt,
      sinceAcknowledged: now - this.#acknowledgedAt,
      unacknowledged: figures?.unacknowledged ?? 0,
      repeated: sender?.repeated ?? 0,
      sendWindow: figures?.window ?? 0,
    };
  }
}
