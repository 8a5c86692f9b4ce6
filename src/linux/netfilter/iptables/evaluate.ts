import type { Stack } from '../../ip/stack.ts';
import type { IpPacket } from '../../packet/packet.ts';
import { packetLength } from '../../packet/size.ts';
import { type HookVerdict, priority } from '../hook-table.ts';
import type { Hook, Passage } from '../passage.ts';
import { traceOf } from '../trace.ts';
import { type Compiled, code, compile, type Program } from './compile.ts';
import type { TargetVerdict } from './extension.ts';
import { nameMatches } from './interface-name.ts';
import { protocolNumber } from './protocol-number.ts';
import type { Chain, Table } from './table.ts';
import type { TableName } from './table-name.ts';

/** Where evaluation goes on when a chain has come to its end. */
interface Frame {
  readonly program: Program;
  readonly next: number;
}

/** One table at one hook: what the hook's function asks (nft_do_chain, as iptables' rules are there). */
export class Evaluation {
  readonly #stack: Stack;
  readonly #table: TableName;
  readonly #program: Program;
  readonly #reroutes: boolean;

  constructor(stack: Stack, name: TableName, table: Table, base: Chain) {
    this.#stack = stack;
    this.#table = name;
    this.#reroutes = name === 'mangle' && base.hook === 'output';
    this.#program = compile(stack, table, base);
  }

  run(passage: Passage): HookVerdict {
    if (!this.#reroutes) return this.#evaluate(passage);
    const { mark } = passage.skb;
    const { tos } = passage.packet;
    const verdict = this.#evaluate(passage);
    // ipt_mangle_out: what routing looks at has changed.
    if (verdict === 'accept' && (passage.skb.mark !== mark || passage.packet.tos !== tos)) passage.reroute = true;
    return verdict;
  }

  #evaluate(passage: Passage): HookVerdict {
    const { packet } = passage;
    const protocol = protocolNumber[packet.payload.protocol];
    const offset = packet.fragment?.offset ?? 0;
    let source = Number(packet.source) | 0;
    let destination = Number(packet.destination) | 0;
    let program = this.#program;
    let stack: Frame[] | undefined;
    let i = 0;
    for (;;) {
      const { rules } = program;
      while (i < rules.length) {
        const rule = rules[i] as Compiled;
        i++;
        const { inverted } = rule;
        if ((((source ^ rule.source) & rule.sourceMask) === 0) === ((inverted & 1) !== 0)) continue;
        if ((((destination ^ rule.destination) & rule.destinationMask) === 0) === ((inverted & 2) !== 0)) continue;
        if (rule.protocol !== 0 && (rule.protocol === protocol) === ((inverted & 4) !== 0)) continue;
        if (rule.in !== '' && nameMatches(rule.in, passage.in?.name) === ((inverted & 8) !== 0)) continue;
        if (rule.out !== '' && nameMatches(rule.out, passage.out?.name) === ((inverted & 16) !== 0)) continue;
        if (rule.fragment && offset > 0 === ((inverted & 32) !== 0)) continue;
        if (rule.tests.length > 0 && !all(rule.tests, passage)) continue;
        rule.rule.packets++;
        rule.rule.bytes += packetLength(passage.packet);
        if (passage.skb.trace) this.#trace(passage, program, i);
        switch (rule.action) {
          case code.none:
            continue;
          case code.accept:
            this.#tell(passage, program, rule, 'accept');
            return 'accept';
          case code.drop:
            this.#tell(passage, program, rule, 'drop');
            return 'drop';
          case code.jump:
          case code.goto: {
            const to = program.targets[i - 1];
            if (to === undefined) continue;
            if (this.#stack.tap.active) this.#report(passage, program, rule, `to chain ${to.chain.name}`);
            if (rule.action === code.jump) (stack ??= []).push({ program, next: i });
            program = to;
            i = 0;
            break;
          }
          case code.return:
            i = Number.POSITIVE_INFINITY;
            break;
          case code.target: {
            const verdict = this.#target(passage, program, rule);
            if (verdict !== undefined) return verdict;
            source = Number(passage.packet.source) | 0;
            destination = Number(passage.packet.destination) | 0;
            continue;
          }
        }
        break;
      }
      if (i < program.rules.length) continue;
      const frame = stack?.pop();
      if (frame === undefined) return this.#policy(passage);
      program = frame.program;
      i = frame.next;
    }
  }

  #target(passage: Passage, program: Program, rule: Compiled): TargetVerdict {
    const { run } = rule;
    if (run === undefined) return undefined;
    if (!this.#stack.tap.active) return run(passage);
    const { action } = rule.rule.spec;
    const rejects = action.kind === 'target' && action.use.extension.rejects;
    // A refusal is told before its answer is sent, which then has it as its cause.
    if (rejects) {
      this.#tell(passage, program, rule, 'reject');
      return run(passage);
    }
    const before = passage.packet;
    const { mark } = passage.skb;
    const connectionMark = passage.skb.connection?.entry.mark;
    const verdict = run(passage);
    if (verdict === 'drop') this.#tell(passage, program, rule, 'drop');
    else if (verdict === 'accept' || typeof verdict === 'object') {
      this.#told(passage, program, rule, { after: changed(before, passage.packet), verdict: 'accept' });
    } else {
      const reason = markChange(mark, passage.skb.mark, connectionMark, passage.skb.connection?.entry.mark);
      this.#told(passage, program, rule, { after: changed(before, passage.packet), reason });
    }
    return verdict;
  }

  #policy(passage: Passage): HookVerdict {
    const { chain } = this.#program;
    if (chain.counts) {
      chain.packets++;
      chain.bytes += packetLength(passage.packet);
    }
    if (passage.skb.trace) this.#trace(passage, this.#program, 0);
    if (chain.policy === 'ACCEPT') return 'accept';
    if (this.#stack.tap.active) {
      this.#stack.report(passage.hook, passage.packet, passage.skb, {
        device: passage.in ?? passage.out,
        table: this.#table,
        chain: chain.name,
        rule: `-P ${chain.name} DROP`,
        verdict: 'drop',
        reason: `no rule of ${chain.name} has decided, and its policy is DROP`,
      });
    }
    return 'drop';
  }

  #tell(passage: Passage, program: Program, rule: Compiled, verdict: 'accept' | 'drop' | 'reject'): void {
    if (this.#stack.tap.active) this.#told(passage, program, rule, { verdict });
  }

  #report(passage: Passage, program: Program, rule: Compiled, reason: string): void {
    this.#told(passage, program, rule, { reason });
  }

  #told(
    passage: Passage,
    program: Program,
    { rule }: Compiled,
    more: {
      readonly verdict?: 'accept' | 'drop' | 'reject';
      readonly reason?: string | undefined;
      readonly after?: IpPacket | undefined;
    },
  ): void {
    this.#stack.report(passage.hook, passage.packet, passage.skb, {
      device: passage.in ?? passage.out,
      table: this.#table,
      chain: program.chain.name,
      rule: `-A ${program.chain.name}${rule.text}`,
      ...more,
    });
  }

  /** `at`: the rule's number, 0 for the policy. */
  #trace(passage: Passage, { chain, rules }: Program, at: number): void {
    const trace = traceOf(this.#stack);
    if (!trace.active) return;
    const rule = rules[at - 1]?.rule;
    trace.report({
      passage,
      table: this.#table,
      chain: chain.name,
      number: at,
      rule: rule === undefined ? undefined : `-A ${chain.name}${rule.text}`,
      policy: chain.policy,
    });
  }
}

function all(tests: readonly ((passage: Passage) => boolean)[], passage: Passage): boolean {
  for (let i = 0; i < tests.length; i++) if (!(tests[i] as (passage: Passage) => boolean)(passage)) return false;
  return true;
}

function changed(before: IpPacket, after: IpPacket): IpPacket | undefined {
  return before === after ? undefined : after;
}

function markChange(before: number, after: number, ctBefore?: number, ctAfter?: number): string | undefined {
  if (before !== after) return `mark 0x${after.toString(16)}, was 0x${before.toString(16)}`;
  if (ctBefore !== ctAfter && ctAfter !== undefined) {
    return `the connection's mark is 0x${ctAfter.toString(16)}, was 0x${(ctBefore ?? 0).toString(16)}`;
  }
  return undefined;
}

/** NF_IP_PRI_* of each table at a hook. */
export function priorityOf(table: TableName, hook: Hook): number {
  switch (table) {
    case 'raw':
      return priority.raw;
    case 'mangle':
      return priority.mangle;
    case 'filter':
      return priority.filter;
    case 'security':
      return 150;
    case 'nat':
      return hook === 'prerouting' || hook === 'output' ? priority.dnat : priority.snat;
  }
}
