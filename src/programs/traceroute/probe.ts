import type { IpAddress } from '../../linux/packet/address.ts';
import type { IcmpError } from '../../linux/packet/packet.ts';
import type { Milliseconds } from '../../simulation/clock.ts';

/** One packet on its way, and what came back. */
export interface Probe {
  sent: Milliseconds | undefined;
  received: Milliseconds | undefined;
  from: IpAddress | undefined;
  done: boolean;
  /** It came to the end of the path. */
  final: boolean;
  /** `!H` and its like. */
  remark: string;
  close: () => void;
}

export function newProbe(): Probe {
  return {
    sent: undefined,
    received: undefined,
    from: undefined,
    done: false,
    final: false,
    remark: '',
    close: () => {},
  };
}

/** An answer for a probe; who waits for it is woken by `told`. */
export function answer(probe: Probe, now: Milliseconds, from: IpAddress, final: boolean, remark = ''): void {
  if (probe.done) return;
  probe.received = now;
  probe.from = from;
  probe.final = final;
  probe.remark = remark;
  probe.done = true;
  probe.close();
}

/** parse_icmp_res of traceroute.c: what an ICMP error says of the path. */
export function remarkOf({ code, mtu }: Pick<IcmpError, 'code' | 'mtu'>): { final: boolean; remark: string } {
  switch (code) {
    case 'ttl':
    case 'reassembly':
      return { final: false, remark: '' };
    case 'port':
      return { final: true, remark: '' };
    case 'net':
      return { final: true, remark: '!N' };
    case 'host':
      return { final: true, remark: '!H' };
    case 'protocol':
      return { final: true, remark: '!P' };
    case 'fragmentation-needed':
      return { final: true, remark: `!F-${mtu ?? 0}` };
    case 'redirect-net':
    case 'redirect-host':
    case 'redirect-tos-net':
    case 'redirect-tos-host':
      return { final: false, remark: '' };
    case 'net-prohibited':
    case 'host-prohibited':
    case 'admin-prohibited':
      return { final: true, remark: '!X' };
  }
}
