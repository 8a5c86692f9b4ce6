import type { Clock, Milliseconds } from '../../simulation/clock.ts';
import type { Path } from '../netfilter/passage.ts';
import type { IpAddress } from '../packet/address.ts';
import type { Sysctl } from './sysctl.ts';

/** What ICMP told of the path to a destination. */
export interface LearntMtu {
  readonly mtu: number;
  readonly until: Milliseconds;
  /** Smaller than net.ipv4.route.min_pmtu: believed no further, and packets are cut on their way. */
  readonly locked: boolean;
}

/** Path MTU discovery (RFC 1191), as net/ipv4/route.c keeps it in next hop exceptions. */
export class PathMtu {
  readonly #clock: Clock;
  readonly #sysctl: Sysctl;
  readonly #learnt = new Map<IpAddress, LearntMtu>();

  constructor(clock: Clock, sysctl: Sysctl) {
    this.#clock = clock;
    this.#sysctl = sysctl;
  }

  /** __ip_rt_update_pmtu. `current`: what the path is known to take. */
  learn(destination: IpAddress, mtu: number, current: number): void {
    if (this.#sysctl.noPathMtu === 2 || mtu === 0 || current < mtu) return;
    const least = this.#sysctl.number('net.ipv4.route.min_pmtu');
    const until = this.#clock.now() + this.#sysctl.number('net.ipv4.route.mtu_expires') * 1000;
    const locked = mtu < least;
    this.#learnt.set(destination, { mtu: locked ? Math.min(current, least) : mtu, until, locked });
  }

  get(destination: IpAddress): LearntMtu | undefined {
    if (this.#learnt.size === 0) return undefined;
    const learnt = this.#learnt.get(destination);
    if (learnt === undefined || learnt.until > this.#clock.now()) return learnt;
    this.#learnt.delete(destination);
    return undefined;
  }

  /** ipv4_mtu: the largest packet that a path takes. */
  of({ route, device }: Pick<Path, 'route' | 'device'>, destination: IpAddress): number {
    const own = route?.metrics?.mtu ?? device.mtu;
    if (this.#learnt.size === 0 || route?.metrics?.mtuLocked === true) return own;
    const learnt = this.get(destination);
    return learnt === undefined ? own : Math.min(own, learnt.mtu);
  }

  /** `ip route flush cache`. */
  flush(): void {
    this.#learnt.clear();
  }
}
