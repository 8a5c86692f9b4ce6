import { Reassembly } from '../../ip/fragments.ts';
import type { Stack } from '../../ip/stack.ts';
import { Skb } from '../../packet/skb.ts';
import { type HookFunction, priority } from '../hook-table.ts';

/** nf_defrag_ipv4: ports are in a packet's first fragment only, so that whole packets are looked at. */
export function registerDefragmentation(stack: Stack): void {
  const reassembly = new Reassembly(stack, (packet) => {
    if (!stack.tap.active) return;
    const reason = 'not all of its fragments came within 30 seconds';
    stack.report('prerouting', packet, new Skb(undefined, 0), { verdict: 'drop', reason });
  });
  const defragment: HookFunction = {
    name: 'defragmentation',
    priority: priority.defragment,
    run(passage) {
      const { packet, skb, hook } = passage;
      if (packet.fragment === undefined) return 'accept';
      const whole = reassembly.add(packet);
      if (whole === undefined) {
        if (stack.tap.active) {
          const reason = 'waits for the other fragments of its packet';
          stack.report(hook, packet, skb, { device: passage.in, verdict: 'queue', reason });
        }
        return 'stolen';
      }
      passage.packet = whole;
      return 'accept';
    },
  };
  stack.hooks.register('prerouting', defragment);
  stack.hooks.register('output', defragment);
}
