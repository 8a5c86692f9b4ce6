import { formatRoute, type Route } from '../../linux/ip/route.ts';
import { formatIp, type IpAddress } from '../../linux/packet/address.ts';
import { IpError, notModelled } from './arguments.ts';
import { addressArgument, type IpContext, linkNamed, prefixArgument, print, printJson } from './context.ts';

/** `ip route get`: which way a packet would go. */
export async function get(context: IpContext): Promise<number> {
  const { args, netns, options, process } = context;
  let destination: IpAddress | undefined;
  let source: IpAddress | undefined;
  let device: string | undefined;
  let fibmatch = false;
  while (args.more) {
    if (args.take('from')) source = addressArgument(args);
    else if (args.take('oif', 'dev')) device = linkNamed(context, args.next()).name;
    else if (args.take('fibmatch')) fibmatch = true;
    else if (args.take('to')) destination = prefixArgument(args.next()).address;
    else {
      const word = args.rest[0] ?? '';
      if (
        ['iif', 'mark', 'tos', 'dsfield', 'vrf', 'uid', 'ipproto', 'sport', 'dport', 'connected', 'notify'].includes(
          word,
        )
      ) {
        throw notModelled(`"ip route get ... ${word}"`);
      }
      if (destination !== undefined) throw new IpError(`Error: inet prefix is expected rather than "${word}".`, 1);
      destination = prefixArgument(args.next()).address;
    }
  }
  if (destination === undefined) throw new IpError('need at least a destination address', 1);
  const answer = netns.route(destination, { source, device });
  const { route } = answer;
  if (fibmatch) {
    await print(context, [formatRoute(route, { details: options.details })]);
    return 0;
  }
  const flags = cacheFlags(route);
  // The answer to `from` repeats the source there, and not as the preferred one.
  const preferred = source === undefined ? answer.source : undefined;
  const { via } = route;
  if (options.json) {
    const json = {
      type: route.type === 'unicast' ? undefined : route.type,
      dst: formatIp(destination),
      from: source === undefined ? undefined : formatIp(source),
      gateway: via === undefined ? undefined : formatIp(via),
      dev: answer.device.name,
      prefsrc: preferred === undefined ? undefined : formatIp(preferred),
      flags: [],
      uid: process.uid,
      cache: flags,
    };
    await printJson(context, [json]);
    return 0;
  }
  let text = route.type === 'unicast' ? '' : `${route.type} `;
  text += `${formatIp(destination)} `;
  if (source !== undefined) text += `from ${formatIp(source)} `;
  if (via !== undefined) text += `via ${formatIp(via)} `;
  text += `dev ${answer.device.name} `;
  if (preferred !== undefined) text += `src ${formatIp(preferred)} `;
  text += `uid ${process.uid} ${options.oneline ? '\\' : '\n'}    cache `;
  if (flags.length > 0) text += `<${flags.join(',')}> `;
  await print(context, [text]);
  return 0;
}

function cacheFlags({ type }: Route): readonly string[] {
  if (type === 'local') return ['local'];
  return type === 'broadcast' ? ['local', 'brd'] : [];
}
