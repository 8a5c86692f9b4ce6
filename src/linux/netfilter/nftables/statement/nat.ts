import type { HookVerdict } from '../../hook-table.ts';
import { type Nat, natOf } from '../../nat/nat.ts';
import type { NatFlags } from '../../nat/range.ts';
import type { Passage } from '../../passage.ts';
import { mapOperand, type Operand } from '../expression/operand.ts';
import { parseData } from '../parse/expression.ts';
import { type Location, NftError } from '../parse/location.ts';
import type { Parser } from '../parse/parser.ts';
import { formatPart, type KeyPart, single } from '../set/key.ts';
import type { Expression } from '../syntax.ts';
import { ipv4Address } from '../type/address.ts';
import type { Style } from '../type/datatype.ts';
import { inetService } from '../type/protocol.ts';
import { type Context, keyPart } from '../typing.ts';
import type { Scalar } from '../value.ts';
import { ACCEPT, DROP, NEXT, STOLEN, type Verdict } from '../verdict.ts';
import { bindSets } from './binding.ts';
import { givenOperand } from './mangle.ts';
import type { Statement, StatementKind } from './statement.ts';

type Kind = 'dnat' | 'snat' | 'masquerade' | 'redirect';

interface NatSyntax {
  readonly kind: Kind;
  readonly first: Location;
  readonly family: string | undefined;
  /** `addr . port`: the map has both. */
  readonly both: boolean;
  readonly address: Expression | undefined;
  readonly port: Expression | undefined;
  readonly flags: ReadonlySet<string>;
}

const FLAGS = ['random', 'fully-random', 'persistent'];
/** Where each may stand (nft_nat_validate, nft_masq_validate, nft_redir_validate). */
const HOOKS: Readonly<Record<Kind, readonly string[]>> = {
  dnat: ['prerouting', 'output'],
  snat: ['postrouting', 'input'],
  masquerade: ['postrouting'],
  redirect: ['prerouting', 'output'],
};

function natStatement(kind: Kind, summary: string): StatementKind {
  return {
    keywords: [kind],
    summary,
    leavesOut: 'IPv6, and whole prefixes that are mapped (`dnat ip prefix to`)',
    parse: (parser) => {
      const syntax = parseNat(parser, kind);
      const at = parser.since(syntax.first);
      return (context) => check(context, syntax, at);
    },
  };
}

export const natStatements: readonly StatementKind[] = [
  natStatement('dnat', 'another destination: an address, a port, a range of them, or what a map has'),
  natStatement('snat', 'another source'),
  natStatement('masquerade', 'the address of the device that it leaves by as its source'),
  natStatement('redirect', 'to this namespace itself'),
];

function parseNat(parser: Parser, kind: Kind): NatSyntax {
  const first = parser.next().at;
  const family = parser.isAny(['ip', 'ip6']) ? parser.next().text : undefined;
  if (family === 'ip6') throw parser.refuse(`"${kind} ip6"`, parser.last.at);
  let both = false;
  if (parser.is('addr')) {
    parser.next();
    parser.expect('.');
    parser.expect('port');
    both = true;
  } else if (parser.is('prefix')) throw parser.refuse(`"${kind} prefix"`, parser.peek().at);
  else if (parser.is('interval')) throw parser.refuse(`"${kind} interval"`, parser.peek().at);
  let address: Expression | undefined;
  let port: Expression | undefined;
  const bare = kind === 'masquerade' || kind === 'redirect';
  if (parser.take('to')) {
    if (!parser.is(':')) {
      const given = parseData(parser);
      if (bare) port = given;
      else address = given;
    }
    if (parser.take(':')) port = parseData(parser);
  } else if (!bare) throw parser.unexpected();
  return { kind, first, family, both, address, port, flags: parseFlags(parser) };
}

function parseFlags(parser: Parser): Set<string> {
  const flags = new Set<string>();
  while (parser.isAny(FLAGS)) {
    do {
      if (!parser.isAny(FLAGS)) throw parser.unexpected(FLAGS);
      flags.add(parser.next().text);
    } while (parser.take(','));
  }
  return flags;
}

/** One address or port, a range, or something that has another for each packet. */
type Given = { readonly part: KeyPart; readonly prefix: boolean } | { readonly operand: Operand };

function check(context: Context, syntax: NatSyntax, at: Location): Statement {
  const { kind, first, family, flags } = syntax;
  if (syntax.address !== undefined && context.family === 'inet' && family === undefined && context.network !== 'ip') {
    throw new NftError('ip or ip6 must be specified with address for inet tables.', first);
  }
  const concatenated = syntax.address?.kind === 'map' ? concatenatedMap(context, syntax) : undefined;
  const address = concatenated ?? given(context, syntax.address, ipv4Address, at);
  if (syntax.port !== undefined && context.transport === undefined) {
    throw new NftError(
      'transport protocol mapping is only valid after transport protocol match',
      syntax.port.at,
      first,
    );
  }
  const port = given(context, syntax.port, inetService, at);
  const shown = FLAGS.filter((flag) => flags.has(flag)).join(',');
  const sets = [address, port].flatMap((one) => (one !== undefined && 'operand' in one ? one.operand.sets : []));
  const natFlags: NatFlags = {
    random: flags.has('random'),
    fullyRandom: flags.has('fully-random'),
    persistent: flags.has('persistent'),
  };
  return {
    print: (style) => {
      let text: string = kind;
      if (concatenated !== undefined || (context.family === 'inet' && address !== undefined)) text += ' ip';
      if (address !== undefined || port !== undefined) text += ' to ';
      if (address !== undefined) text += formatGiven(address, ipv4Address, style);
      if (port !== undefined) text += `:${formatGiven(port, inetService, style)}`;
      return shown === '' ? text : `${text} ${shown}`;
    },
    validate: ({ type, hook }) => type === 'nat' && HOOKS[kind].includes(hook),
    bind: (binding) => bindSets(binding, sets),
    compile: (runtime) => {
      const nat = natOf(runtime.stack);
      const readAddress = reader(address, runtime);
      const readPort = reader(port, runtime);
      return (passage) => {
        const addresses = readAddress(passage);
        const ports = concatenated === undefined ? readPort(passage) : undefined;
        if (addresses === undefined || (ports === undefined && concatenated === undefined)) return NEXT;
        return verdictOf(setUp(nat, kind, passage, addresses, ports, natFlags));
      };
    },
    terminal: true,
    changes: kind === 'dnat' || kind === 'redirect' ? 'another destination' : 'another source',
    sets: sets.map(({ set }) => set),
    at,
  };
}

/** `dnat ip to tcp dport map { 80 : 10.0.0.1 . 8080 }`: addresses with ports. */
function concatenatedMap(context: Context, { address, both }: NatSyntax): Given | undefined {
  if (address?.kind !== 'map') return undefined;
  const written =
    address.map.kind === 'set' &&
    address.map.elements.some(({ data }) => data !== undefined && 'kind' in data && data.kind === 'concat');
  const named = address.map.kind === 'reference' && context.set(address.map.name)?.spec.dataTypes.length === 2;
  if (!both && !written && !named) return undefined;
  return { operand: mapOperand(context, address, [ipv4Address, inetService]) };
}

function given(
  context: Context,
  expression: Expression | undefined,
  type: typeof ipv4Address,
  at: Location,
): Given | undefined {
  if (expression === undefined) return undefined;
  const computed = ['selector', 'map', 'binary'].includes(expression.kind);
  if (computed) return { operand: givenOperand(context, expression, type, at) };
  return { part: keyPart(context, expression, type), prefix: expression.kind === 'prefix' };
}

function formatGiven(one: Given, type: typeof ipv4Address, style: Style): string {
  return 'operand' in one ? one.operand.print(style) : formatPart(one.part, type, style, one.prefix);
}

/** What the packet gets: a range; of a concatenation its parts. `undefined`: the map has nothing for it. */
type ReadRange = (passage: Passage) => readonly KeyPart[] | undefined;

const NOTHING: readonly KeyPart[] = [];

function reader(one: Given | undefined, runtime: Parameters<Operand['compile']>[0]): ReadRange {
  if (one === undefined) return () => NOTHING;
  if ('part' in one) {
    const parts = [one.part];
    return () => parts;
  }
  const read = one.operand.compile(runtime);
  return (passage) => {
    const value = read(passage);
    if (value === undefined) return undefined;
    return (typeof value === 'object' ? value : [value]).map((scalar) => single(scalar as Scalar));
  };
}

function setUp(
  nat: Nat,
  kind: Kind,
  passage: Passage,
  [address, second]: readonly KeyPart[],
  ports: readonly KeyPart[] | undefined,
  flags: NatFlags,
): HookVerdict {
  const port = second ?? ports?.[0];
  const range = {
    ...flags,
    ...(port !== undefined && { minPort: port.from as number, maxPort: port.to as number }),
  };
  if (kind === 'masquerade') return nat.masquerade(passage, range);
  if (kind === 'redirect') return nat.redirect(passage, range);
  return nat.setup(passage, {
    ...range,
    manipulate: kind === 'dnat' ? 'destination' : 'source',
    ...(address !== undefined && { minAddress: address.from as number, maxAddress: address.to as number }),
  });
}

function verdictOf(verdict: HookVerdict): Verdict {
  if (verdict === 'accept') return ACCEPT;
  if (verdict === 'stolen') return STOLEN;
  return verdict === 'drop' ? DROP : { kind: 'queue', ...verdict };
}
