import type { Clock, Milliseconds } from '../../simulation/clock.ts';
import type { Path } from '../netfilter/passage.ts';
import type { IpAddress } from '../packet/address.ts';
import type { Route } from './route.ts';
import type { Sysctl } from './sysctl.ts';

/** What ICMP told of one destination behind a next hop (struct fib_nh_exception in include/net/ip_fib.h). */
export interface Exception {
  /** The path's MTU; absent: nothing was told of it. */
  readonly mtu?: number;
  /** Smaller than net.ipv4.route.min_pmtu: believed no further, and packets are cut on their way. */
  readonly locked: boolean;
  /** The router that a redirect named instead of the route's. */
  readonly gateway?: IpAddress;
  readonly until: Milliseconds;
}

/** ip_rt_gc_timeout: how long a redirect holds. */
const REDIRECT_HOLDS: Milliseconds = 300_000;

/**
 * What is known of single destinations beyond their routes, as net/ipv4/route.c keeps it with each next hop: path MTUs
 * (RFC 1191) and redirects. A route that is replaced or deleted takes its exceptions with it.
 */
export class Exceptions {
  readonly #clock: Clock;
  readonly #sysctl: Sysctl;
  /** Absent: there never was one. */
  #known: WeakMap<Route, Map<IpAddress, Exception>> | undefined;

  constructor(clock: Clock, sysctl: Sysctl) {
    this.#clock = clock;
    this.#sysctl = sysctl;
  }

  /** find_exception. `route`: a single next hop's, as `Fib.lookup` gives it. */
  get(route: Route | undefined, destination: IpAddress): Exception | undefined {
    if (this.#known === undefined || route === undefined) return undefined;
    const behind = this.#known.get(route);
    const found = behind?.get(destination);
    if (found === undefined || found.until > this.#clock.now()) return found;
    behind?.delete(destination);
    return undefined;
  }

  /** All of a route's, by destination. */
  *of(route: Route): Iterable<readonly [IpAddress, Exception]> {
    for (const destination of [...(this.#known?.get(route)?.keys() ?? [])]) {
      const exception = this.get(route, destination);
      if (exception !== undefined) yield [destination, exception];
    }
  }

  /** __ip_rt_update_pmtu: each of a route's next hops learns it. 0: the sender of the error did not say, or nobody asked. */
  learnMtu(path: Pick<Path, 'route' | 'device'>, destination: IpAddress, told: number): void {
    const { route } = path;
    if (route === undefined || route.metrics?.mtuLocked === true) return;
    if (this.get(route, destination)?.locked === true) return;
    const current = this.mtu(path, destination);
    if (current < told) return;
    const least = this.#sysctl.number('net.ipv4.route.min_pmtu');
    const until = this.#clock.now() + this.#sysctl.number('net.ipv4.route.mtu_expires') * 1000;
    const locked = told < least;
    const mtu = locked ? Math.min(current, least) : told;
    for (const hop of route.whole?.paths ?? [route]) {
      this.#put(hop, destination, { ...this.get(hop, destination), mtu, locked, until });
    }
  }

  /** The end of __ip_do_redirect. */
  redirect(route: Route, destination: IpAddress, gateway: IpAddress): void {
    const until = this.#clock.now() + REDIRECT_HOLDS;
    this.#put(route, destination, { locked: false, ...this.get(route, destination), gateway, until });
  }

  /** ipv4_mtu: the largest packet that a path takes. */
  mtu({ route, device }: Pick<Path, 'route' | 'device'>, destination: IpAddress): number {
    const own = route?.metrics?.mtu ?? device.mtu;
    if (this.#known === undefined || route?.metrics?.mtuLocked === true) return own;
    return Math.min(own, this.get(route, destination)?.mtu ?? own);
  }

  /** Where a packet goes next on its way (rt_nexthop). */
  nextHop(route: Route | undefined, destination: IpAddress): IpAddress {
    if (this.#known === undefined) return route?.via ?? destination;
    return this.get(route, destination)?.gateway ?? route?.via ?? destination;
  }

  /** `ip route flush cache`. */
  flush(): void {
    this.#known = undefined;
  }

  #put(route: Route, destination: IpAddress, exception: Exception): void {
    this.#known ??= new WeakMap();
    const behind = this.#known.get(route);
    if (behind === undefined) this.#known.set(route, new Map([[destination, exception]]));
    else behind.set(destination, exception);
  }
}
