import { KERNEL_RELEASE } from '../linux/machine/proc.ts';
import { gnu, Misuse } from './gnu/options.ts';

export const uname = gnu(
  {
    name: 'uname',
    usage: '[OPTION]...',
    does: 'Print certain system information.',
    options: [
      { short: 'a', long: 'all' },
      { short: 's', long: 'kernel-name' },
      { short: 'n', long: 'nodename' },
      { short: 'r', long: 'kernel-release' },
      { short: 'v', long: 'kernel-version' },
      { short: 'm', long: 'machine' },
      { short: 'o', long: 'operating-system' },
    ],
  },
  async ({ hostname, stdout }, parsed) => {
    if (parsed.operands.length > 0) throw new Misuse(`extra operand ‘${parsed.operands[0]}’`);
    const parts: readonly [string, string][] = [
      ['kernel-name', 'Linux'],
      ['nodename', hostname],
      ['kernel-release', KERNEL_RELEASE],
      ['kernel-version', '#1 SMP hop-by-hop simulation'],
      ['machine', 'x86_64'],
      ['operating-system', 'GNU/Linux'],
    ];
    const chosen = parts.filter(([key]) => parsed.has('all') || parsed.has(key));
    await stdout.write(`${(chosen.length === 0 ? parts.slice(0, 1) : chosen).map(([, text]) => text).join(' ')}\n`);
    return 0;
  },
);
