import type { Stack } from '../../../ip/stack.ts';
import { formatIp } from '../../../packet/address.ts';
import { type Given, match, option } from '../extension.ts';
import { flag, type Kind, number, parseAddress, text } from '../kind.ts';
import { Problem } from '../problem.ts';

/** XT_RECENT_NAME_LEN without its final zero. */
const NAME_LENGTH = 199;
/** ip_list_tot: so many addresses a list, and ip_pkt_list_tot: the last so many times of each. */
const ADDRESSES = 100;
/** XT_RECENT_MAX_NSTAMPS. */
const STAMPS = 65536;

interface Seen {
  /** Of the packet that set it. */
  ttl: number;
  /** Virtual times in milliseconds, the last one last. */
  readonly times: number[];
}

/** A list of addresses, the one that was seen longest ago first. */
interface List {
  readonly seen: Map<number, Seen>;
  /** How many times are kept of each. */
  times: number;
}

const lists = new WeakMap<Stack, Map<string, List>>();

function listOf(stack: Stack, name: string): List {
  let own = lists.get(stack);
  if (own === undefined) lists.set(stack, (own = new Map()));
  let list = own.get(name);
  if (list === undefined) own.set(name, (list = { seen: new Map(), times: 1 }));
  return list;
}

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
  leavesOut: '/proc/net/xt_recent',
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
    const list = listOf(stack, values.name?.value ?? 'DEFAULT');
    const mode = modeOf(values) ?? 'set';
    const inverted = values[mode]?.inverted ?? false;
    const bits = values.mask?.value ?? 0xffffffff;
    const wanted = values.hitcount?.value ?? 0;
    const sameTtl = values.rttl !== undefined;
    const within = values.seconds === undefined ? undefined : values.seconds.value * 1000;
    const reap = values.reap !== undefined;
    const bySource = values.rdest === undefined;
    list.times = Math.max(list.times, 2 ** Math.ceil(Math.log2(wanted + 1)) - 1);
    return ({ packet }) => {
      const address = (Number(bySource ? packet.source : packet.destination) & bits) >>> 0;
      const { seen } = list;
      const now = stack.clock.now();
      const entry = seen.get(address);
      if (entry === undefined || (sameTtl && entry.ttl !== packet.ttl)) {
        if (mode !== 'set') return inverted;
        if (seen.size >= ADDRESSES) seen.delete(seen.keys().next().value as number);
        seen.set(address, { ttl: packet.ttl, times: [now] });
        return !inverted;
      }
      if (mode === 'remove') {
        seen.delete(address);
        return !inverted;
      }
      let found = true;
      if (mode === 'rcheck' || mode === 'update') {
        found = false;
        if (reap && within !== undefined) while ((entry.times[0] ?? now) < now - within) entry.times.shift();
        let hits = 0;
        for (const time of entry.times) {
          if (within !== undefined && time < now - within) continue;
          hits++;
          if (wanted === 0 || hits >= wanted) {
            found = true;
            break;
          }
        }
        if (entry.times.length === 0) seen.delete(address);
      }
      if (mode === 'set' || (mode === 'update' && found)) {
        entry.times.push(now);
        if (entry.times.length > list.times) entry.times.shift();
        entry.ttl = packet.ttl;
        seen.delete(address);
        seen.set(address, entry);
      }
      return found !== inverted;
    };
  },
});
