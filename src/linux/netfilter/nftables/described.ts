import { ctKeys, refusedCtKeys } from './expression/ct.ts';
import { fibResults } from './expression/fib.ts';
import { metaKeys } from './expression/meta.ts';
import { numgenModes } from './expression/numgen.ts';
import { headers } from './expression/payload.ts';
import { statementKinds } from './statement/statements.ts';

interface Described {
  readonly name: string;
  readonly summary: string;
  readonly leavesOut?: string | undefined;
}

/** Every statement, for the reference page. */
export function describedStatements(): Described[] {
  return statementKinds.map(({ keywords, summary, leavesOut }) => ({ name: keywords.join(', '), summary, leavesOut }));
}

/** Everything that a rule can look at, for the reference page. */
export function describedExpressions(): Described[] {
  const group = (name: string, keys: readonly string[], leavesOut?: string): Described => ({
    name,
    summary: keys.join(', '),
    leavesOut,
  });
  return [
    ...Object.entries(headers).map(([name, fields]) => {
      const all = Object.entries(fields);
      const refused = all.filter(([, field]) => field.refused !== undefined).map(([key]) => key);
      const kept = all.filter(([, field]) => field.refused === undefined).map(([key]) => key);
      const never = name === 'ip6' || name === 'icmpv6' ? 'they match nothing: there is no IPv6' : undefined;
      return group(name, kept, refused.length > 0 ? refused.join(', ') : never);
    }),
    group('meta', Object.keys(metaKeys), 'time, hour, cgroup and what bridges know'),
    group('ct', Object.keys(ctKeys), refusedCtKeys.join(', ')),
    group('fib', Object.keys(fibResults)),
    group('numgen', Object.keys(numgenModes), 'jhash and symhash'),
  ];
}
