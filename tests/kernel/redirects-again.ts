import type { Met, Outcome, Plan, Step } from './plan.ts';

/**
 * How soon a host is told of the same shorter way again hangs on the time between packets (ip_rt_send_redirect: 40 ms
 * after the first, 80 after the second ...), which the kernel and the simulation don't have in common. The first
 * redirect of each router to each host is compared; what comes later is left out.
 */
export function firstRedirects(outcome: Outcome): { readonly outcome: Outcome; readonly again: boolean } {
  const told = new Set<string>();
  let again = false;
  const probes = outcome.probes.map((met): Met => {
    const now = new Set<string>();
    const seen = met.seen.filter(([, , , bytes]) => {
      const redirect = redirectOf(bytes);
      if (redirect === undefined) return true;
      now.add(redirect);
      if (told.has(redirect)) again = true;
      return !told.has(redirect);
    });
    for (const redirect of now) told.add(redirect);
    return { ...met, seen };
  });
  return { outcome: { ...outcome, probes }, again };
}

/** Who tells whom: both addresses of an ICMP packet of type 5 in an Ethernet frame. */
function redirectOf(hex: string): string | undefined {
  const isIcmp = hex.startsWith('0800', 24) && hex.startsWith('01', 46);
  return isIcmp && hex.startsWith('05', 68) ? hex.slice(52, 68) : undefined;
}

/**
 * Does the answer count redirects, which may have come again? Those that wait for a MAC address are not seen, so what
 * a router counts that sends any is never compared; what others count is, unless one was seen `again`.
 */
export function countsRedirects(plan: Plan, { in: node, run }: Step, again: boolean): boolean {
  if (!/^(ip -s|iptables|nft) ?/.test(run)) return false;
  return again || plan.steps.some((step) => step.in === node && step.run.endsWith('send_redirects=1'));
}
