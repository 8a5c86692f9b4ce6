import type { Statement } from './statement/statement.ts';

/**
 * A rule's statements as nft lists them: the kernel keeps code, and nft reads statements out of it
 * (src/netlink_delinearize.c). A match that only says which protocol the packet has is left out where a later one
 * looks at that protocol's header; fields that stand side by side in a header are put in the header's order.
 */
export function listed(statements: readonly Statement[], family: 'ip' | 'inet'): Statement[] {
  return inHeaderOrder(withoutDependencies(statements, family));
}

interface Pending {
  readonly at: number;
  readonly protocol: string;
  readonly by: string;
}

function withoutDependencies(statements: readonly Statement[], family: 'ip' | 'inet'): Statement[] {
  const kept: (Statement | undefined)[] = [...statements];
  let transport: Pending | undefined;
  let network: Pending | undefined;
  statements.forEach((statement, i) => {
    const { match } = statement;
    if (match === undefined) {
      if (statement.terminal !== true) transport = network = undefined;
      return;
    }
    for (const protocol of match.headers) {
      if (transport !== undefined && protocol === transport.protocol) {
        if (!(family === 'inet' && transport.by === 'ip protocol')) kept[transport.at] = undefined;
        transport = undefined;
      }
      if (network !== undefined && networkOf(protocol) === network.protocol) {
        kept[network.at] = undefined;
        network = undefined;
      }
    }
    const { dependency } = match;
    if (dependency === undefined) return;
    const { layer, protocol, by } = dependency;
    if (layer === 'transport') transport = { at: i, protocol, by };
    else network = { at: i, protocol, by };
    if (by === 'meta protocol' && family === 'ip' && protocol === 'ip') kept[i] = undefined;
  });
  return kept.filter((statement) => statement !== undefined);
}

function networkOf(protocol: string): string {
  return protocol === 'icmp' ? 'ip' : protocol === 'icmpv6' ? 'ip6' : protocol;
}

function inHeaderOrder(statements: Statement[]): Statement[] {
  for (let i = 1; i < statements.length; i++) {
    const before = statements[i - 1]?.match?.field;
    const field = statements[i]?.match?.field;
    if (before === undefined || field === undefined || before.protocol !== field.protocol) continue;
    // Only what fits into one register is read at once (payload_can_merge).
    if (field.offset + field.bits !== before.offset || field.bits + before.bits > 32) continue;
    const swapped = statements[i - 1] as Statement;
    statements[i - 1] = statements[i] as Statement;
    statements[i] = swapped;
  }
  return statements;
}
