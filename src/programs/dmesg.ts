import { NetworkNamespace } from '../linux/namespace.ts';
import { logOf } from '../linux/netfilter/log.ts';
import { gnu, Misuse } from './gnu/options.ts';

/** The kernel's log: what LOG rules and nft's `log` have written in this network namespace (dmesg of util-linux 2.38). */
export const dmesg = gnu(
  {
    name: 'dmesg',
    usage: '[options]',
    does: 'Display or control the kernel ring buffer.',
    options: [
      { short: 'c', long: 'read-clear' },
      { short: 'C', long: 'clear' },
      { short: 't', long: 'notime' },
    ],
  },
  async ({ netns, stdout }, parsed) => {
    if (parsed.operands.length > 0) throw new Misuse(`unexpected operand: ${parsed.operands[0]}`);
    if (!(netns instanceof NetworkNamespace)) throw new TypeError('dmesg needs a simulated network namespace');
    const log = logOf(netns.stack);
    const text = log.lines.map((line) => `${parsed.has('notime') ? '' : stamp(line.time)}${line.text}\n`).join('');
    if (parsed.has('clear') || parsed.has('read-clear')) log.clear();
    if (!parsed.has('clear')) await stdout.write(text);
    return 0;
  },
);

/** `[   12.345678] `: seconds since the machine started. */
function stamp(milliseconds: number): string {
  return `[${(milliseconds / 1000).toFixed(6).padStart(12)}] `;
}
