import type { NetworkNamespace } from '../../linux/namespace.ts';
import { devicesOf } from '../../linux/netfilter/nftables/runtime.ts';
import { ruleTraceOf } from '../../linux/netfilter/nftables/trace.ts';
import type { Process } from '../../linux/process/process.ts';
import { Channel } from '../../simulation/channel.ts';
import { NftExit, type NftOptions } from './options.ts';

/** `nft monitor trace`: the rules that packets with `meta nftrace` meet, until it is ended. */
export async function monitor(process: Process, netns: NetworkNamespace, options: NftOptions): Promise<number> {
  const line = options.words.join(' ').trim();
  const [, event] = line.split(/\s+/);
  if (event === undefined || event !== 'trace' || line.split(/\s+/).length > 2) {
    const at = event === undefined ? 0 : line.indexOf(event, 'monitor'.length);
    const marks = `${' '.repeat(at)}${'^'.repeat((event ?? line).length)}`;
    const modelled = ['new', 'destroy'].includes(event ?? 'new') || event === 'trace';
    const said = modelled ? 'only "monitor trace" is modelled here' : `invalid event ${event}`;
    throw new NftExit(`Error: ${said}\n${line}\n${marks}\n`, 1);
  }
  const { stack } = netns;
  const lines = new Channel<string>(process.clock);
  const style = { ...options, devices: devicesOf(stack) };
  const end = ruleTraceOf(stack).listen((told) => lines.offer(`${told(style)}\n`));
  const { ended } = process.signals;
  try {
    for (let text = await lines.receive(ended); text !== undefined; text = await lines.receive(ended)) {
      await process.stdout.write(text);
    }
  } finally {
    end();
  }
  return 0;
}
