import { NetworkNamespace } from '../linux/namespace.ts';
import { formatIp } from '../linux/packet/address.ts';
import { gnu, Misuse } from './gnu/options.ts';
import { resolveHost } from './resolve.ts';

/** hostname(1) of net-tools; setting the name is not modelled. */
export const hostname = gnu(
  {
    name: 'hostname',
    usage: '[OPTION]',
    does: "Print the machine's name or addresses.",
    options: [
      { short: 'i', long: 'ip-address' },
      { short: 'I', long: 'all-ip-addresses' },
      { short: 's', long: 'short' },
      { short: 'f', long: 'fqdn' },
    ],
  },
  async (process, parsed) => {
    const { hostname: name, netns, stdout } = process;
    if (parsed.operands.length > 0) throw new Misuse('setting the name is not modelled in this simulation');
    if (parsed.has('all-ip-addresses')) {
      const all = netns instanceof NetworkNamespace ? netns.addresses() : [];
      const own = all.filter(({ device }) => device.kind !== 'loopback' && device.up);
      await stdout.write(`${own.map(({ address }) => `${formatIp(address.local)} `).join('')}\n`);
      return 0;
    }
    if (parsed.has('ip-address')) {
      const address = resolveHost(process, name);
      if (address === undefined) throw new Misuse('Name or service not known', { hint: false });
      await stdout.write(`${formatIp(address)}\n`);
      return 0;
    }
    await stdout.write(`${parsed.has('short') ? name.replace(/\..*/, '') : name}\n`);
    return 0;
  },
);
