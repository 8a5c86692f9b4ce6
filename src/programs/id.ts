import { gnu } from './gnu/options.ts';

export const id = gnu(
  {
    name: 'id',
    usage: '[OPTION]...',
    does: 'Print user and group information for the current user.',
    options: [
      { short: 'u', long: 'user' },
      { short: 'g', long: 'group' },
      { short: 'G', long: 'groups' },
      { short: 'n', long: 'name' },
    ],
  },
  async ({ uid, stdout }, parsed) => {
    const name = uid === 0 ? 'root' : `user${uid}`;
    const one = parsed.has('user') || parsed.has('group') || parsed.has('groups');
    await stdout.write(
      one ? `${parsed.has('name') ? name : uid}\n` : `uid=${uid}(${name}) gid=${uid}(${name}) groups=${uid}(${name})\n`,
    );
    return 0;
  },
);
