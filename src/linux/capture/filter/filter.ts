import { linkType } from '../link-type.ts';
import { FilterError } from './error.ts';
import { type FilterOptions, Generator } from './generate.ts';
import { Parser } from './parser.ts';
import { type FilterPacket, type LinkLayout, View } from './view.ts';

export { FilterError } from './error.ts';
export type { FilterNames } from './generate.ts';

const layouts: Readonly<Record<number, LinkLayout>> = {
  [linkType.ethernet]: { etherType: 12, network: 14 },
  [linkType.raw]: { etherType: undefined, network: 0 },
  [linkType.cooked1]: { etherType: 14, network: 16 },
  [linkType.cooked]: { etherType: 0, network: 20 },
};

/** What the reference page says of the language. */
export const filterLanguage = {
  name: 'pcap-filter(7)',
  summary: 'which packets a capture takes: host, net, port, protocols, bytes of headers, and, or, not',
  leavesOut: 'IPv6 addresses, VLAN, MPLS, PPPoE, LLC, protochain, gateway, wireless and other link types than Ethernet',
} as const;

/**
 * Compiles a filter as pcap_compile(3) does; an empty text takes all. Throws `FilterError` with libpcap's words and the
 * place; nothing else, whatever the text.
 */
export function compileFilter(text: string, options: FilterOptions): (packet: FilterPacket) => boolean {
  const layout = layouts[options.linkType];
  if (layout === undefined)
    throw new FilterError(`link type ${options.linkType} is not modelled in this simulation`, 0);
  if (text.trim() === '') return () => true;
  const test = new Parser(text, new Generator(options)).parse();
  const view = new View(layout);
  return (packet) => {
    view.load(packet);
    return test(view) && !view.overrun;
  };
}
