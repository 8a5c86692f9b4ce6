/** The figures of one run; times in whole microseconds, as iputils counts them. */
export class PingStatistics {
  transmitted = 0;
  received = 0;
  errors = 0;
  /** The most requests that were under way at a time. */
  pipe = 0;
  longest = 0;
  #shortest = Number.POSITIVE_INFINITY;
  #sum = 0;
  #squares = 0;
  #timed = 0;
  /** Eight times the moving average of the round trips. */
  #moving = 0;

  /** An answer of any kind to request `sequence`. */
  answered(sequence: number): void {
    this.pipe = Math.max(this.pipe, this.transmitted - sequence + 1);
  }

  time(microseconds: number): void {
    this.#timed++;
    this.#moving += this.#moving === 0 ? microseconds * 8 : microseconds - Math.floor(this.#moving / 8);
    this.#shortest = Math.min(this.#shortest, microseconds);
    this.longest = Math.max(this.longest, microseconds);
    this.#sum += microseconds;
    this.#squares += microseconds * microseconds;
  }

  /** The moving average, in microseconds. */
  get moving(): number {
    return this.#moving / 8;
  }

  /** `elapsed`: milliseconds between the first and the last request; `paced`: they waited for each other, not for a clock. */
  summary(host: string, elapsed: number, paced = false): string {
    const { transmitted, received, errors } = this;
    let text = `\n--- ${host} ping statistics ---\n${transmitted} packets transmitted, ${received} received`;
    if (errors > 0) text += `, +${errors} errors`;
    if (transmitted > 0) {
      const loss = ((transmitted - received) * 100) / transmitted;
      text += `, ${Number(loss.toPrecision(6))}% packet loss, time ${Math.floor(elapsed)}ms`;
    }
    text += '\n';
    const parts: string[] = [];
    if (this.#timed > 0) {
      const average = this.#sum / this.#timed;
      const deviation = Math.sqrt(Math.max(0, this.#squares / this.#timed - average * average));
      const figures = [this.#shortest, average, this.longest, deviation].map(milliseconds).join('/');
      parts.push(`rtt min/avg/max/mdev = ${figures} ms`);
    }
    if (this.pipe > 1) parts.push(`pipe ${this.pipe}`);
    if (paced && received > 0 && transmitted > 1) {
      const gap = (elapsed * 1000) / (transmitted - 1);
      parts.push(`ipg/ewma ${milliseconds(gap)}/${milliseconds(this.moving)} ms`);
    }
    return `${text}${parts.join(', ')}\n`;
  }
}

function milliseconds(microseconds: number): string {
  return (Math.floor(microseconds) / 1000).toFixed(3);
}

/** A round trip as iputils prints it: the longer, the fewer places. */
export function formatRoundTrip(microseconds: number): string {
  const ms = microseconds / 1000;
  if (microseconds >= 100_000 - 50) return String(Math.round(ms));
  if (microseconds >= 10_000 - 5) return ms.toFixed(1);
  return ms.toFixed(microseconds >= 1000 ? 2 : 3);
}
