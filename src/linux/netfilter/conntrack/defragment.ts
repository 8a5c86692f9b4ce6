import type { Device } from '../../device/device.ts';
import { flowOf } from '../../ip/flow.ts';
import { martian, sourceRefused } from '../../ip/input-route.ts';
import { Reassembly } from '../../ip/reassembly.ts';
import type { Stack } from '../../ip/stack.ts';
import type { IpPacket } from '../../packet/packet.ts';
import type { Skb } from '../../packet/skb.ts';
import { type HookFunction, priority } from '../hook-table.ts';

/** nf_defrag_ipv4: ports are in a packet's first fragment only, so that whole packets are looked at. */
export function registerDefragmentation(stack: Stack): void {
  const reassembly = new Reassembly(stack, ({ packet, skb }, first) => {
    const patience = stack.sysctl.number('net.ipv4.ipfrag_time');
    if (stack.tap.active) {
      const reason = `not all of its fragments came within ${patience} seconds`;
      stack.report('prerouting', packet, skb, { verdict: 'drop', reason });
    }
    // ip_expire: only the end host says so, and of what would have been let in.
    if (first?.device === undefined || !forUs(stack, first.packet, first.skb, first.device)) return;
    stack.ip.sendError('reassembly', first.packet, first.skb);
  });
  const defragment: HookFunction = {
    name: 'defragmentation',
    priority: priority.defragment,
    run(passage) {
      const { packet, skb, hook } = passage;
      if (packet.fragment === undefined) return 'accept';
      const whole = reassembly.add(packet, skb, passage.in);
      if ('reason' in whole) {
        if (stack.tap.active) stack.report(hook, packet, skb, { device: passage.in, ...whole });
        return 'stolen';
      }
      passage.packet = whole;
      // nf_ct_ipv4_gather_frags
      skb.ignoreDf = true;
      return 'accept';
    },
  };
  stack.hooks.register('prerouting', defragment);
  stack.hooks.register('output', defragment);
}

function forUs({ fib }: Stack, packet: IpPacket, skb: Skb, device: Device): boolean {
  if (martian(packet, device) !== undefined || fib.lookup(flowOf(packet, skb, device))?.type !== 'local') return false;
  return sourceRefused(fib, packet, skb.mark, device, undefined) === undefined;
}
