import type { Device } from '../../linux/device/device.ts';
import type { Flow } from '../../linux/ip/flow.ts';
import { formatMetrics, formatRoute, type RouteMetrics } from '../../linux/ip/route.ts';
import { getRoute, type RouteAnswer } from '../../linux/ip/route-get.ts';
import { tableNumber } from '../../linux/ip/table.ts';
import { formatIp, type IpAddress, isMulticast } from '../../linux/packet/address.ts';
import { protocolNumber } from '../../linux/packet/numbers.ts';
import { type Arguments, IpError, notModelled, wrongArgument } from '../iproute2/arguments.ts';
import {
  addressArgument,
  type IpContext,
  linkNamed,
  numberOf,
  prefixArgument,
  print,
  printJson,
} from '../iproute2/context.ts';
import { UNMODELLED } from '../iproute2/keywords.ts';
import { reader, short } from '../iproute2/words.ts';
import { metricsJson, routeJson } from './route-json.ts';
import { ROUTE_USAGE } from './route-usage.ts';
import { numberArgument } from './route-words.ts';

interface Question {
  destination?: IpAddress;
  source?: IpAddress;
  in?: Device;
  out?: Device;
  mark: number;
  tos: number;
  uid?: number;
  protocol?: number;
  sourcePort?: number;
  destinationPort?: number;
  fibmatch: boolean;
  /** `connected`: asked once more, with the source that the first answer gave. */
  connected: boolean;
  readonly warnings: string[];
}

/** iproute_get of iproute2's ip/iproute.c */
const read = reader<Question>({
  name: 'ip route get',
  usage: ROUTE_USAGE,
  words: {
    tos: short(tos),
    dsfield: short(tos),
    from: short((asked, { args }) => (asked.source = addressArgument(args))),
    iif: short((asked, context) => (asked.in = linkNamed(context, context.args.next()))),
    mark: short((asked, { args }) => (asked.mark = numberArgument(args, 'invalid mark'))),
    oif: short(out),
    dev: out,
    notify: short(UNMODELLED),
    connected: short((asked) => (asked.connected = true)),
    vrf: short(UNMODELLED),
    uid: short((asked, { args }) => (asked.uid = numberArgument(args, 'invalid UID'))),
    fibmatch: short((asked) => (asked.fibmatch = true)),
    as: UNMODELLED,
    sport: (asked, { args }) => (asked.sourcePort = numberArgument(args, 'invalid sport', 65535)),
    dport: (asked, { args }) => (asked.destinationPort = numberArgument(args, 'invalid dport', 65535)),
    ipproto: (asked, { args }) => (asked.protocol = ipProtocolArgument(args)),
  },
  rest: {
    word: 'to',
    repeated: true,
    take(asked, text) {
      const { address, length } = prefixArgument(text);
      if (length !== 32 && text.includes('/')) {
        asked.warnings.push(`Warning: /${length} as prefix is invalid, only /32 (or none) is supported.\n`);
      }
      asked.destination = address;
    },
  },
});

function tos(asked: Question, { args }: IpContext): void {
  asked.tos = numberArgument(args, 'TOS value is invalid', 255);
}

function out(asked: Question, context: IpContext): void {
  asked.out = linkNamed(context, context.args.next());
}

function ipProtocolArgument(args: Arguments): number {
  const name = args.next();
  const known = Object.hasOwn(protocolNumber, name) ? protocolNumber[name as keyof typeof protocolNumber] : undefined;
  const number = known ?? numberOf(name, 255);
  if (number === undefined) throw wrongArgument(name, 'Invalid "ipproto" value');
  return number;
}

/** `ip route get`: which way a packet would go. */
export async function get(context: IpContext): Promise<number> {
  const { netns, options } = context;
  const asked = read(context, { mark: 0, tos: 0, fibmatch: false, connected: false, warnings: [] });
  for (const warning of asked.warnings) await context.process.stderr.write(warning);
  const { destination } = asked;
  if (destination === undefined) throw new IpError('need at least a destination address', 1);
  if (isMulticast(destination)) throw notModelled('"ip route get" of a multicast address');
  const answer = getRoute(netns.stack, flow(asked, destination));
  if (asked.fibmatch) {
    const { route } = answer;
    const whole = route.whole ?? route;
    const format = {
      names: context.names,
      details: options.details,
      showTable: true,
      newline: options.oneline ? '\\' : '\n',
    };
    if (options.json) await printJson(context, [routeJson(whole, format)]);
    else await print(context, [formatRoute(whole, format)]);
    return 0;
  }
  await tell(context, asked, destination, answer);
  if (!asked.connected || asked.source !== undefined || answer.source === undefined) return 0;
  const again = { ...asked, source: answer.source };
  await tell(context, asked, destination, getRoute(netns.stack, flow(again, destination)));
  return 0;
}

function flow(asked: Question, destination: IpAddress): Flow {
  const { source, mark, tos, protocol, sourcePort, destinationPort } = asked;
  const ports = {
    // inet_rtm_getroute asks for UDP's way where nobody says otherwise.
    protocol: protocol ?? protocolNumber.udp,
    ...(sourcePort !== undefined && { sourcePort }),
    ...(destinationPort !== undefined && { destinationPort }),
  };
  return {
    destination,
    source,
    mark,
    tos,
    in: asked.in,
    out: asked.out,
    payload: ports,
  };
}

async function tell(context: IpContext, asked: Question, destination: IpAddress, answer: RouteAnswer): Promise<void> {
  const { netns, names, options, process } = context;
  const { route, type, device } = answer;
  const { gateway: via } = answer;
  const { source, mark } = asked;
  // What was asked for is repeated there, and not as the preferred source.
  const preferred = source === undefined && asked.in === undefined ? answer.source : undefined;
  const flags = type === 'unicast' ? cacheFlags(answer) : type === 'local' ? ['local'] : ['local', 'brd'];
  const table = route.table === tableNumber.local && netns.stack.fib.merged ? tableNumber.main : route.table;
  const showTable = table !== tableNumber.main || options.details;
  const { metrics, expires } = cached(context, answer);
  const shown = destination === 0 ? 0 : destination;
  const uid = asked.in === undefined ? (asked.uid ?? process.uid) : undefined;
  if (options.json) {
    const json = {
      type: type === 'unicast' && !options.details ? undefined : type,
      dst: formatIp(shown),
      from: source === undefined ? undefined : formatIp(source),
      gateway: via === undefined || type !== 'unicast' ? undefined : formatIp(via),
      dev: device.name,
      table: showTable ? names.table(table) : undefined,
      prefsrc: preferred === undefined ? undefined : formatIp(preferred),
      mark: mark === 0 ? undefined : mark,
      flags: [],
      uid,
      cache: flags,
      expires,
      metrics: metricsJson(metrics),
      iif: asked.in?.name,
    };
    await printJson(context, [json]);
    return;
  }
  let text = type === 'unicast' && !options.details ? '' : `${type} `;
  text += `${formatIp(shown)} `;
  if (source !== undefined) text += `from ${formatIp(source)} `;
  if (via !== undefined && type === 'unicast') text += `via ${formatIp(via)} `;
  text += `dev ${device.name} `;
  if (showTable) text += `table ${names.table(table)} `;
  if (preferred !== undefined) text += `src ${formatIp(preferred)} `;
  if (mark !== 0) text += `mark ${mark} `;
  if (uid !== undefined) text += `uid ${uid} `;
  text += `${options.oneline ? '\\' : '\n'}    cache `;
  if (flags.length > 0) text += `<${flags.join(',')}> `;
  if (expires !== undefined) text += `expires ${expires}sec `;
  text += formatMetrics(metrics);
  if (asked.in !== undefined) text += `iif ${asked.in.name} `;
  await print(context, [text]);
}

/** print_cache_flags */
export function cacheFlags({ redirects, exception }: Pick<RouteAnswer, 'redirects' | 'exception'>): readonly string[] {
  const flags = redirects ? ['redirect'] : [];
  return exception?.gateway === undefined ? flags : [...flags, 'redirected'];
}

/** The route's own metrics, and what is known of the destination alone. */
export function cached(
  { netns }: IpContext,
  { route, exception }: Pick<RouteAnswer, 'route' | 'exception'>,
): { metrics: RouteMetrics | undefined; expires?: number } {
  if (exception === undefined) return { metrics: route.metrics };
  const { mtu, locked, until } = exception;
  const expires = Math.floor((until - netns.stack.clock.now()) / 1000);
  return { metrics: mtu === undefined ? route.metrics : { ...route.metrics, mtu, mtuLocked: locked }, expires };
}
