import { match, option } from '../extension.ts';
import { flag, type Kind, type Range } from '../kind.ts';
import { parseNumber } from '../names.ts';
import { Problem } from '../problem.ts';

/** Names of Debian's /etc/passwd and /etc/group that are in every image. */
const NAMES: Readonly<Record<string, number>> = { root: 0, daemon: 1, bin: 2, sys: 3, nobody: 65534 };
const GROUPS: Readonly<Record<string, number>> = { ...NAMES, adm: 4, tty: 5, disk: 6, nogroup: 65534 };

/** UINT32_MAX itself stands for nobody. */
const MOST = 0xfffffffe;

function ids(names: Readonly<Record<string, number>>): Kind<Range> {
  return {
    argument: true,
    parse(value, extension, name) {
      const named = Object.hasOwn(names, value) ? names[value] : undefined;
      if (named !== undefined) return { from: named, to: named };
      const [first = '', last] = value.split(/-(.*)/s);
      const from = parseNumber(first, MOST);
      const to = last === undefined ? from : parseNumber(last, MOST);
      if (from !== undefined && to !== undefined) return { from, to };
      throw new Problem(`${extension}: Bad value for "--${name}" option: "${value}"`);
    },
    save: ({ from, to }) => (from === to ? String(from) : `${from}-${to}`),
  };
}

const users = ids(NAMES);
const groups = ids(GROUPS);

function say({ from, to }: Range, names: Readonly<Record<string, number>>, numeric: boolean): string {
  const name = Object.entries(names).find(([, id]) => id === from)?.[0];
  if (from === to) return !numeric && name !== undefined ? name : String(from);
  return `${from}-${to}`;
}

export const owner = match({
  name: 'owner',
  summary: 'the user or group whose socket sends the packet',
  leavesOut: "a process's group is its user's number; supplementary groups are none",
  hooks: ['output', 'postrouting'],
  options: {
    'socket-exists': option(flag, { invert: true }),
    'uid-owner': option(users, { invert: true }),
    'gid-owner': option(groups, { invert: true }),
    'suppl-groups': option(flag),
  },
  settle(values) {
    if (Object.keys(values).length === 0) {
      throw new Problem('owner: At least one of --uid-owner, --gid-owner or --socket-exists is required');
    }
    if (values['suppl-groups'] !== undefined && values['gid-owner'] === undefined) {
      throw new Problem('owner: Bad value for "--suppl-groups" option: "you need to use --gid-owner first"');
    }
    return values;
  },
  refused: ({ 'uid-owner': uid, 'gid-owner': gid }) =>
    [uid, gid].some((given) => given !== undefined && given.value.from > given.value.to),
  list({ 'socket-exists': exists, 'uid-owner': uid, 'gid-owner': gid, 'suppl-groups': supplementary }, numeric) {
    const parts: string[] = [];
    if (exists !== undefined) parts.push(`${exists.inverted ? '! ' : ''}owner socket exists`);
    if (uid !== undefined) parts.push(`${uid.inverted ? '! ' : ''}owner UID match ${say(uid.value, NAMES, numeric)}`);
    if (gid !== undefined) parts.push(`${gid.inverted ? '! ' : ''}owner GID match ${say(gid.value, GROUPS, numeric)}`);
    if (supplementary !== undefined) parts.push('incl. suppl. groups');
    return parts.join(' ');
  },
  translate({ 'socket-exists': exists, 'uid-owner': uid, 'gid-owner': gid, 'suppl-groups': supplementary }) {
    const given = uid ?? gid;
    if (given === undefined || exists !== undefined || supplementary !== undefined) return undefined;
    if (uid !== undefined && gid !== undefined) return undefined;
    const { value, inverted } = given;
    return `${uid === undefined ? 'skgid' : 'skuid'} ${inverted ? '!= ' : ''}${users.save(value)}`;
  },
  compile({ 'socket-exists': exists, 'uid-owner': uid, 'gid-owner': gid }) {
    return ({ owner: sender }) => {
      if (sender === undefined) {
        // owner_mt: of a packet without a socket only what is inverted can be true.
        return [exists, uid, gid].every((given) => given === undefined || given.inverted);
      }
      if (exists?.inverted) return false;
      const id = sender.uid ?? 0;
      for (const given of [uid, gid]) {
        if (given === undefined) continue;
        if ((id >= given.value.from && id <= given.value.to) === given.inverted) return false;
      }
      return true;
    };
  },
});
