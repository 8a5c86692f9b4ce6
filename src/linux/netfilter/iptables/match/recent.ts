import { formatIp } from '../../../packet/address.ts';
import { type Given, match, option } from '../extension.ts';
import { flag, type Kind, number, parseAddress, text } from '../kind.ts';
import { Problem } from '../problem.ts';
import { recentList, type Seen } from './recent-list.ts';

/** XT_RECENT_NAME_LEN without its final zero. */
const NAME_LENGTH = 199;
/** XT_RECENT_MAX_NSTAMPS. */
const STAMPS = 65536;

/** Full dotted masks alone; a number is an address too (`8` is 0.0.0.8). */
const mask: Kind<number> = {
  argument: true,
  parse(value) {
    const found = parseAddress(value);
    if (found === undefined) throw new Problem('getaddrinfo: Temporary failure in name resolution\n');
    return found;
  },
  save: formatIp,
};

const MODES = ['set', 'rcheck', 'update', 'remove'] as const;
const WORDS = { set: 'SET', rcheck: 'CHECK', update: 'UPDATE', remove: 'REMOVE' };
const others = (own: string, ...more: string[]) => ({ excludes: [...MODES.filter((mode) => mode !== own), ...more] });

type Modes = { readonly [K in (typeof MODES)[number]]?: Given<true> };

function modeOf(values: Modes): (typeof MODES)[number] | undefined {
  return MODES.find((mode) => values[mode] !== undefined);
}

export const recent = match({
  name: 'recent',
  summary: 'addresses seen before, in a named list',
  leavesOut: 'a list stays when the last rule that names it has gone',
  options: {
    set: option(flag, { invert: true, ...others('set') }),
    rcheck: option(flag, { invert: true, ...others('rcheck') }),
    update: option(flag, { invert: true, ...others('update') }),
    remove: option(flag, { invert: true, ...others('remove') }),
    seconds: option(number(0xffffffff, 1)),
    reap: option(flag, { requires: ['seconds'] }),
    hitcount: option(number(0xffffffff)),
    rttl: option(flag, { excludes: ['set', 'remove'] }),
    name: option(text(NAME_LENGTH)),
    mask: option(mask),
    rsource: option(flag),
    rdest: option(flag),
  },
  settle(values) {
    if (modeOf(values) === undefined) {
      throw new Problem("recent: you must specify one of `--set', `--rcheck' `--update' or `--remove'");
    }
    const { rsource: _source, rdest, name, mask: given, hitcount, ...rest } = values;
    const side = rdest === undefined ? { rsource: { value: true as const, inverted: false } } : { rdest };
    return {
      ...rest,
      ...(hitcount !== undefined && hitcount.value !== 0 && { hitcount }),
      name: name ?? { value: 'DEFAULT', inverted: false },
      mask: given ?? { value: 0xffffffff, inverted: false },
      ...side,
    };
  },
  save(values) {
    const mode = modeOf(values) ?? 'set';
    let saved = `${values[mode]?.inverted ? ' !' : ''} --${mode}`;
    if (values.seconds !== undefined) saved += ` --seconds ${values.seconds.value}`;
    if (values.reap !== undefined) saved += ' --reap';
    if (values.hitcount !== undefined) saved += ` --hitcount ${values.hitcount.value}`;
    if (values.rttl !== undefined) saved += ' --rttl';
    saved += ` --name ${values.name?.value} --mask ${formatIp(values.mask?.value ?? 0)}`;
    return `${saved}${values.rdest === undefined ? ' --rsource' : ' --rdest'}`;
  },
  list(values) {
    const mode = modeOf(values) ?? 'set';
    let listed = `${values[mode]?.inverted ? '! ' : ''}recent: ${WORDS[mode]}`;
    if (values.seconds !== undefined) listed += ` seconds: ${values.seconds.value}`;
    if (values.reap !== undefined) listed += ' reap';
    if (values.hitcount !== undefined) listed += ` hit_count: ${values.hitcount.value}`;
    if (values.rttl !== undefined) listed += ' TTL-Match';
    const side = values.rdest === undefined ? 'source' : 'dest';
    return `${listed} name: ${values.name?.value} side: ${side} mask: ${formatIp(values.mask?.value ?? 0)}`;
  },
  refused(values) {
    const mode = modeOf(values);
    if ((mode === 'set' || mode === 'remove') && (values.seconds !== undefined || values.hitcount !== undefined)) {
      return true;
    }
    const name = values.name?.value ?? '';
    return name === '' || name.includes('/') || (values.hitcount?.value ?? 0) >= STAMPS;
  },
  compile(values, { stack }) {
    const mode = modeOf(values) ?? 'set';
    const list = recentList(stack, values.name?.value ?? 'DEFAULT', values.mask?.value ?? 0xffffffff);
    const inverted = values[mode]?.inverted ?? false;
    const wanted = values.hitcount?.value ?? 0;
    const sameTtl = values.rttl !== undefined;
    const within = values.seconds === undefined ? undefined : values.seconds.value * 1000;
    const reap = values.reap !== undefined;
    const bySource = values.rdest === undefined;
    list.keep(wanted);
    const hit = ({ times }: Seen, since: number): boolean => {
      let hits = 0;
      for (const time of times) if (within === undefined || time >= since) if (++hits >= wanted) return true;
      return false;
    };
    // recent_mt
    return ({ packet, skb, in: input, out }) => {
      const address = (Number(bySource ? packet.source : packet.destination) & list.mask) >>> 0;
      // As it was before this host forwarded it; a bridge has taken nothing away, but the kernel adds it all the same.
      const passes = out !== undefined && (input !== undefined || skb.bridge !== undefined);
      const ttl = (packet.ttl + (passes ? 1 : 0)) & 0xff;
      const entry = list.find(address, sameTtl ? ttl : 0);
      if (entry === undefined) {
        if (mode !== 'set') return inverted;
        list.add(address, ttl);
        return !inverted;
      }
      let result = !inverted;
      if (mode === 'remove') list.remove(entry);
      else if (mode !== 'set') {
        const since = stack.clock.now() - (within ?? 0);
        if (!hit(entry, since)) result = inverted;
        if (reap) list.reap(since, mode === 'update' && result ? entry : undefined);
      }
      if (mode === 'set' || (mode === 'update' && result)) {
        list.note(entry);
        entry.ttl = ttl;
      }
      return result;
    };
  },
});
