import type { Command } from './command.ts';
import { CommandError, usageError } from './errors.ts';
import { layOut } from './output/columns.ts';
import { type ApiResource, apiVersionOf, qualified } from './resources.ts';

export const apiResources: Command = {
  name: 'api-resources',
  summary: 'Print the supported API resources on the server',
  usage: 'api-resources [flags] [options]',
  examples: ['kubectl api-resources -o wide', 'kubectl api-resources --namespaced=false'],
  argument: 'none',
  flags: [
    { name: 'api-group', type: 'string', default: '', help: 'Only resources of this API group.' },
    {
      name: 'namespaced',
      type: 'bool',
      default: 'true',
      help: 'true: only namespaced resources; false: only the others.',
    },
    { name: 'no-headers', type: 'bool', default: 'false', help: 'Leave the header line out.' },
    { name: 'output', short: 'o', type: 'string', default: '', help: 'Output format. One of: (wide, name).' },
    { name: 'verbs', type: 'list', help: 'Only resources that know all these verbs.' },
    { name: 'categories', type: 'list', help: 'Only resources of all these categories.' },
    { name: 'sort-by', type: 'string', default: '', help: "'name' or 'kind'." },
  ],
  lacking: ['cached', 'show-managed-fields'],
  run: async ({ session, flags, args }) => {
    if (args.length > 0) throw usageError('api-resources', `unexpected arguments: [${args.join(' ')}]`);
    const output = flags.text('output');
    if (!['', 'wide', 'name'].includes(output)) throw new CommandError(`--output ${output} is not available`);
    const by = flags.text('sort-by');
    if (!['', 'name', 'kind'].includes(by)) throw new CommandError('--sort-by accepts only name or kind');
    const group = flags.text('api-group');
    const shown = session.mapper.all
      .filter((one) => !flags.given('api-group') || one.group === group)
      .filter((one) => !flags.given('namespaced') || one.namespaced === flags.bool('namespaced'))
      .filter((one) => flags.list('verbs').every((verb) => one.verbs.some((known) => known === verb)))
      .filter((one) => flags.list('categories').every((category) => one.categories.includes(category)))
      .sort((a, b) => order(a, b, by));
    if (output === 'name') {
      for (const one of shown) await session.out(`${qualified(one)}\n`);
      return 0;
    }
    const header = ['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND'];
    const rows = shown.map((one) => [
      one.resource,
      one.shortNames.join(','),
      apiVersionOf(one),
      String(one.namespaced),
      one.kind,
    ]);
    if (output === 'wide') {
      header.push('VERBS', 'CATEGORIES');
      for (const [at, one] of shown.entries())
        rows[at]?.push([...one.verbs].sort().join(','), [...one.categories].sort().join(','));
    }
    await session.out(layOut(flags.bool('no-headers') ? rows : [header, ...rows]));
    return 0;
  },
};

function order(a: ApiResource, b: ApiResource, by: string): number {
  const keys = (one: ApiResource) =>
    by === 'kind' ? [one.kind] : by === 'name' ? [one.resource] : [one.group, one.resource];
  const [left, right] = [keys(a), keys(b)];
  for (const [at, key] of left.entries()) {
    const other = right[at] as string;
    if (key !== other) return key < other ? -1 : 1;
  }
  return 0;
}
