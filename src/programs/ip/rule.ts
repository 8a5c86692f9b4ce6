import { protocolNames } from '../../linux/ip/route.ts';
import type { Rule, RuleAction } from '../../linux/ip/rule.ts';
import { addRule, deleteRule, type RuleFilter } from '../../linux/ip/rules.ts';
import { tableNumber } from '../../linux/ip/table.ts';
import { contains, type Prefix } from '../../linux/packet/address.ts';
import { type Arguments, IpError, wrongArgument, wrongWord } from '../iproute2/arguments.ts';
import { commands, ofIpv4, showUsage } from '../iproute2/commands.ts';
import { type IpCommand, type IpContext, numberOf, prefixArgument, printEach } from '../iproute2/context.ts';
import { UNMODELLED } from '../iproute2/keywords.ts';
import { reader, short } from '../iproute2/words.ts';
import { numberArgument, protocolArgument, tableArgument } from './route-words.ts';
import { PROTOCOLS, ruleJson, ruleText } from './rule-text.ts';

const USAGE = `Usage: ip rule { add | del } SELECTOR ACTION
       ip rule { flush | save | restore }
       ip rule [ list [ SELECTOR ]]
SELECTOR := [ not ] [ from PREFIX ] [ to PREFIX ] [ tos TOS ]
            [ fwmark FWMARK[/MASK] ]
            [ iif STRING ] [ oif STRING ] [ pref NUMBER ] [ l3mdev ]
            [ uidrange NUMBER-NUMBER ]
            [ ipproto PROTOCOL ]
            [ sport [ NUMBER | NUMBER-NUMBER ]
            [ dport [ NUMBER | NUMBER-NUMBER ] ]
ACTION := [ table TABLE_ID ]
          [ protocol PROTO ]
          [ nat ADDRESS ]
          [ realms [SRCREALM/]DSTREALM ]
          [ goto NUMBER ]
          SUPPRESSOR
SUPPRESSOR := [ suppress_prefixlength NUMBER ]
              [ suppress_ifgroup DEVGROUP ]
TABLE_ID := [ local | main | default | NUMBER ]`;

const ALL = 0xffffffff;

/** The words of a rule, as they are given to add, delete and list. */
interface Words {
  invert?: boolean;
  from?: Prefix;
  to?: Prefix;
  priority?: number;
  tos?: number;
  mark?: { value: number; mask: number };
  iif?: string;
  oif?: string;
  ipProtocol?: number;
  sourcePorts?: readonly [number, number];
  destinationPorts?: readonly [number, number];
  table?: number;
  suppressPrefixLength?: number;
  protocol?: number;
  action?: 'goto' | 'nop' | 'blackhole' | 'unreachable' | 'prohibit';
  target?: number;
}

const priority = (found: Words, { args }: IpContext) => {
  found.priority = numberArgument(args, 'preference value is invalid');
};
const tos = (found: Words, { args }: IpContext) => {
  found.tos = numberArgument(args, 'TOS value is invalid', 255);
};
const table = (found: Words, { args, names }: IpContext) => {
  found.table = tableArgument(args, names, 'invalid table ID');
};
const iif = (found: Words, { args }: IpContext) => {
  found.iif = nameArgument(args, 'iif');
};
const suppressPrefixLength = (found: Words, { args }: IpContext) => {
  found.suppressPrefixLength = numberArgument(args, 'suppress_prefixlength value is invalid', 2 ** 31 - 1);
};

/** iprule_modify of iproute2's ip/iprule.c */
const read = reader<Words>({
  name: 'ip rule',
  usage: USAGE,
  words: {
    not: (found) => (found.invert = true),
    from: (found, { args }) => (found.from = prefixArgument(args.next())),
    to: (found, { args }) => (found.to = prefixArgument(args.next())),
    preference: short(priority),
    order: short(priority),
    priority: short(priority),
    tos,
    dsfield: short(tos),
    fwmark: (found, { args }) => (found.mark = markArgument(args)),
    realms: short(UNMODELLED),
    protocol: short((found, { args, names }) => {
      const name = protocolArgument(args, names);
      found.protocol = protocolNames[name] ?? Number(name);
    }),
    tun_id: short(UNMODELLED),
    table: short(table),
    lookup: short(table),
    suppress_prefixlength: short(suppressPrefixLength),
    sup_pl: suppressPrefixLength,
    suppress_ifgroup: short(UNMODELLED),
    sup_group: UNMODELLED,
    dev: iif,
    iif,
    oif: (found, { args }) => (found.oif = nameArgument(args, 'oif')),
    l3mdev: UNMODELLED,
    vrf: UNMODELLED,
    uidrange: UNMODELLED,
    nat: short(UNMODELLED),
    'map-to': UNMODELLED,
    ipproto: (found, { args }) => (found.ipProtocol = ipProtocolArgument(args)),
    sport: (found, { args }) => (found.sourcePorts = portsArgument(args, 'sport')),
    dport: (found, { args }) => (found.destinationPorts = portsArgument(args, 'dport')),
    goto: short((found, { args }) => {
      found.target = goalArgument(args);
      found.action = 'goto';
    }),
    nop: short((found) => (found.action = 'nop')),
  },
  rest: { word: 'type', repeated: true, take: typeWord },
});

/** rtnl_rtntype_a2n's words that a rule may have. */
function typeWord(found: Words, word: string): void {
  if (word === 'blackhole' || word === 'unreachable' || word === 'prohibit') found.action = word;
  else if (word !== 'unicast') throw wrongWord(word, 'Failed to parse rule type');
}

function markArgument(args: Arguments): { value: number; mask: number } {
  const [text = '', maskText] = args.next().split('/', 2);
  const value = numberOf(text);
  if (value === undefined) throw wrongArgument(text, 'fwmark value is invalid');
  const mask = maskText === undefined ? ALL : numberOf(maskText);
  if (mask === undefined) throw wrongArgument(maskText ?? '', 'fwmask value is invalid');
  return { value, mask };
}

function nameArgument(args: Arguments, what: string): string {
  const word = args.next();
  if (word.length > 15 || /[/\s]/.test(word)) throw wrongWord(word, `"${what}" not a valid ifname`);
  return word;
}

function ipProtocolArgument(args: Arguments): number {
  const word = args.next();
  const number = Object.hasOwn(PROTOCOLS, word) ? PROTOCOLS[word] : numberOf(word, 255);
  if (number === undefined) throw wrongArgument(word, 'Invalid "ipproto" value');
  return number;
}

/** Numbers wrap at 16 bits, as atoi's do in a __u16. */
function portsArgument(args: Arguments, what: string): readonly [number, number] {
  const word = args.next();
  const [, low, high] = /^(\d+)(?:-(\d+))?$/.exec(word) ?? [];
  if (low === undefined) throw wrongArgument(word, `invalid ${what} range`);
  return [Number(low) & 0xffff, Number(high ?? low) & 0xffff];
}

function goalArgument(args: Arguments): number {
  const word = args.next();
  const target = numberOf(word);
  if (target === undefined) throw wrongArgument(word, 'invalid target');
  return target;
}

async function add(context: IpContext): Promise<number> {
  if (!context.args.more) throw new IpError('"ip rule add" requires arguments.', 1);
  const { table, action, target, from, to, invert = false, protocol = 0, mark, ...rest } = read(context, {});
  const lookup: RuleAction = { kind: 'lookup', table: table === undefined || table === 0 ? tableNumber.main : table };
  const does: RuleAction =
    action === undefined ? lookup : action === 'goto' ? { kind: action, priority: target ?? 0 } : { kind: action };
  addRule(context.netns.stack.fib, {
    ...rest,
    invert,
    protocol,
    action: does,
    ...(from !== undefined && from.length > 0 && { from }),
    ...(to !== undefined && to.length > 0 && { to }),
    ...(mark !== undefined && (mark.value !== 0 || mark.mask !== ALL) && { mark }),
  });
  return 0;
}

function filterOf({ target, invert, action, from, to, mark, ...rest }: Words): RuleFilter {
  return {
    ...rest,
    ...(from !== undefined && from.length > 0 && { from }),
    ...(to !== undefined && to.length > 0 && { to }),
    ...(mark !== undefined && { mark }),
    ...(action !== undefined && { action }),
  };
}

async function remove(context: IpContext): Promise<number> {
  if (!context.args.more) throw new IpError('"ip rule del" requires arguments.', 1);
  deleteRule(context.netns.stack.fib, filterOf(read(context, {})));
  return 0;
}

/** filter_nlmsg of iproute2's ip/iprule.c: prefixes as ranges, the rest as it is. */
function listed(context: IpContext): readonly Rule[] {
  const wanted = read(context, {});
  const inside = (asked: Prefix | undefined, has: Prefix | undefined) =>
    asked === undefined || (has !== undefined && has.length >= asked.length && contains(asked, has.address));
  const { mark } = wanted;
  return context.netns.stack.fib.rules.filter(
    (one) =>
      (wanted.invert !== true || one.invert) &&
      inside(wanted.from, one.from) &&
      inside(wanted.to, one.to) &&
      (wanted.priority === undefined || one.priority === wanted.priority) &&
      (wanted.tos === undefined || one.tos === wanted.tos) &&
      (mark === undefined || (one.mark?.value === mark.value && (mark.mask === ALL || one.mark.mask === mark.mask))) &&
      (wanted.iif === undefined || one.iif === wanted.iif) &&
      (wanted.oif === undefined || one.oif === wanted.oif) &&
      (wanted.ipProtocol === undefined || one.ipProtocol === wanted.ipProtocol) &&
      (wanted.protocol === undefined || one.protocol === wanted.protocol) &&
      (wanted.table === undefined || (one.action.kind === 'lookup' && one.action.table === wanted.table)),
  );
}

async function show(context: IpContext): Promise<number> {
  const { netns, options } = context;
  const { rules } = netns.stack.fib;
  const around = {
    details: options.details,
    names: context.names,
    hasDevice: (name: string) => netns.link(name) !== undefined,
    hasPriority: (priority: number) => rules.some((one) => one.priority === priority),
  };
  const shown = listed(context);
  await printEach(
    context,
    shown,
    (one) => ruleJson(one, around),
    (one) => ruleText(one, around),
  );
  return 0;
}

/** All but those of priority 0. */
async function flush(context: IpContext): Promise<number> {
  const { fib } = context.netns.stack;
  const gone = listed(context).filter(({ priority }) => priority > 0);
  if (gone.length > 0) fib.setRules(fib.rules.filter((one) => !gone.includes(one)));
  return 0;
}

/** ip-rule(8). */
export const rule: IpCommand = ofIpv4(
  commands({
    name: 'ip rule',
    alone: show,
    words: {
      list: show,
      lst: show,
      show,
      add,
      delete: remove,
      flush,
      save: UNMODELLED,
      restore: UNMODELLED,
      help: showUsage(USAGE),
    },
  }),
);
