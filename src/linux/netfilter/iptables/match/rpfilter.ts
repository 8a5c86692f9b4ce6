import { match, option } from '../extension.ts';
import { flag } from '../kind.ts';

const NAMES = ['loose', 'validmark', 'accept-local', 'invert'] as const;

export const rpfilter = match({
  name: 'rpfilter',
  summary: "whether the way back to the packet's source is the way that it came",
  tables: ['raw', 'mangle'],
  hooks: ['prerouting'],
  options: {
    loose: option(flag),
    validmark: option(flag),
    'accept-local': option(flag),
    invert: option(flag),
  },
  list: (values) => ['rpfilter', ...NAMES.filter((name) => values[name] !== undefined)].join(' '),
  translate({ loose, validmark, 'accept-local': acceptLocal, invert }) {
    if (acceptLocal !== undefined) return undefined;
    const key = `saddr${validmark ? ' . mark' : ''}${loose ? '' : ' . iif'}`;
    return `fib ${key} oif ${invert ? '' : '!= '}0`;
  },
  compile({ loose, validmark, 'accept-local': acceptLocal, invert }, { stack }) {
    const inverted = invert !== undefined;
    return ({ in: device, packet, skb }) => {
      if (device === undefined || device.kind === 'loopback' || skb.loopback) return !inverted;
      const { source, destination } = packet;
      // A packet without a source can only be for all (rpfilter_mt).
      if (Number(source) === 0) return (Number(destination) === 0xffffffff) !== inverted;
      const route = stack.fib.lookup({
        destination: source,
        source: destination,
        tos: packet.tos,
        mark: validmark === undefined ? 0 : skb.mark,
      });
      const good =
        route !== undefined &&
        (route.type === 'unicast' || (route.type === 'local' && acceptLocal !== undefined)) &&
        (loose !== undefined || route.device === device);
      return good !== inverted;
    };
  },
});
