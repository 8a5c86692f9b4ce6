import type { Clock, Milliseconds } from '../../simulation/clock.ts';
import type { IpAddress } from '../packet/address.ts';

/** struct inet_peer: all limits on what one host is told share its bucket and its last time. */
interface Bucket {
  /** Milliseconds that may be spent. */
  tokens: Milliseconds;
  last: Milliseconds;
  /** Redirects that it got, and seems not to heed. */
  redirects: number;
}

/** More than this many peers are not remembered (inet_peer_threshold is of this order). */
const LIMIT = 4096;
/** XRLIM_BURST_FACTOR. */
const BURST = 6;
/** ip_rt_error_cost and ip_rt_error_burst. */
const ERROR_COST: Milliseconds = 1000;
const ERROR_BURST: Milliseconds = 5000;
/** ip_rt_redirect_number, _load and _silence: only the first network namespace has them as sysctls. */
const REDIRECT_NUMBER = 9;
const REDIRECT_LOAD: Milliseconds = 20;
const REDIRECT_SILENCE: Milliseconds = 20 * 2 ** 10;

/** How many errors each peer may still get: token buckets, filled by time (net/ipv4/inetpeer.c, icmp.c, route.c). */
export class Peers {
  readonly #clock: Clock;
  readonly #buckets = new Map<IpAddress, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * inet_peer_xrlim_allow: may it get an ICMP error now? `timeout`: net.ipv4.icmp_ratelimit; 0: always, but that leaves
   * the bucket, which is the same, empty for the other limit.
   */
  allowIcmp(peer: IpAddress, timeout: Milliseconds): boolean {
    return this.#spend(peer, timeout, BURST * timeout);
  }

  /** ip_error's own limit, on what has no way through this router. */
  allowUnreachable(peer: IpAddress): boolean {
    return this.#spend(peer, ERROR_COST, ERROR_BURST);
  }

  /** ip_rt_send_redirect: after each one twice the time, nine at most, until there was nothing to tell for a while. */
  allowRedirect(peer: IpAddress): boolean {
    const now = this.#clock.now();
    const bucket = this.#of(peer, now);
    if (now > bucket.last + REDIRECT_SILENCE) {
      bucket.tokens = 0;
      bucket.redirects = 0;
    }
    const { redirects, last } = bucket;
    const allowed = redirects === 0 || (redirects < REDIRECT_NUMBER && now > last + REDIRECT_LOAD * 2 ** redirects);
    if (allowed) bucket.redirects++;
    if (allowed || redirects >= REDIRECT_NUMBER) bucket.last = now;
    return allowed;
  }

  #of(peer: IpAddress, now: Milliseconds): Bucket {
    let bucket = this.#buckets.get(peer);
    if (bucket === undefined) {
      if (this.#buckets.size >= LIMIT) this.#buckets.clear();
      // A new peer has been silent for a minute.
      this.#buckets.set(peer, (bucket = { tokens: 0, last: now - 60_000, redirects: 0 }));
    }
    return bucket;
  }

  #spend(peer: IpAddress, cost: Milliseconds, most: Milliseconds): boolean {
    const now = this.#clock.now();
    const bucket = this.#of(peer, now);
    bucket.tokens = Math.min(bucket.tokens + now - bucket.last, most);
    bucket.last = now;
    if (bucket.tokens < cost) return false;
    bucket.tokens -= cost;
    return true;
  }
}
