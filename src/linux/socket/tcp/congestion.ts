/** RFC 6928: the initial window is ten segments. */
const INITIAL_WINDOW = 10;

/** How much may be under way, so that the path isn't flooded (RFC 5681). All in bytes; `segment` is the sender's now. */
export class CongestionWindow {
  bytes: number;
  /** Where slow start ends (ssthresh). */
  threshold = Number.POSITIVE_INFINITY;

  constructor(segment: number) {
    this.bytes = INITIAL_WINDOW * segment;
  }

  /** Something was acknowledged: slow start doubles the window in a round trip, congestion avoidance adds a segment. */
  grow(acknowledged: number, segment: number): void {
    this.bytes += this.bytes < this.threshold ? acknowledged : (segment * acknowledged) / this.bytes;
  }

  /** Duplicates tell of a loss, of what was `underWay` (RFC 5681, 3.2). */
  halve(underWay: number, segment: number): void {
    this.threshold = Math.max(underWay / 2, 2 * segment);
    this.bytes = this.threshold;
  }

  /** What was lost has come (RFC 6582, 3.2). */
  recovered(): void {
    this.bytes = this.threshold;
  }

  /** Nothing came back in time: slow start again, from one segment on (RFC 5681, 3.1). */
  restart(underWay: number, segment: number): void {
    this.halve(underWay, segment);
    this.bytes = segment;
  }
}
