import { match } from '../extension.ts';
import { portPair } from '../kind.ts';
import { Problem } from '../problem.ts';
import { compilePorts, listPorts, nativePorts, ports, settlePorts, translatePorts } from './ports.ts';

export const udp = match({
  name: 'udp',
  summary: 'ports of a UDP datagram',
  options: ports(portPair),
  settle(values, head) {
    if (Object.keys(values).length > 0 && head.protocol !== 17) throw new Problem("UDP match requires '-p udp'");
    return settlePorts(values);
  },
  // With ports it becomes expressions of nftables, which ask for no protocol; without, it is xt_udp, which does.
  refused: (values, head) => (head.protocol !== 17 || head.protocolInverted) && Object.keys(values).length === 0,
  list: (values, numeric) => ['udp', listPorts(values, numeric, 'udp')].filter(Boolean).join(' '),
  translate: (values) => translatePorts('udp', values).join(' '),
  native: (values, head) => (Object.keys(values).length === 0 ? undefined : nativePorts('udp', values, head)),
  compile: (values) => compilePorts('udp', values),
});
