import { LinuxError } from '../../../errno.ts';
import type { Stack } from '../../../ip/stack.ts';
import { formatIp, parseIp } from '../../../packet/address.ts';

/** ip_list_tot: so many addresses a list. */
const ADDRESSES = 100;
/** CONFIG_HZ of Debian's kernel, and its INITIAL_JIFFIES: five minutes before the counter's low half overflows. */
const HZ = 250;
const FIRST = 2 ** 32 - 300 * HZ;

/** struct recent_entry. */
export interface Seen {
  readonly address: number;
  /** Of the packet that was last noted. */
  ttl: number;
  /** A ring of virtual times in milliseconds; `next` is where the next one goes. */
  readonly times: number[];
  next: number;
}

/** A list of addresses: struct recent_table of net/netfilter/xt_recent.c. */
export class RecentList {
  /** The one that was seen longest ago first. */
  readonly #seen = new Map<number, Seen>();
  readonly #stack: Stack;
  /** How many times are kept of each. */
  #times = 0;
  /** Of the rule that made it; the other rules' masks count for nothing. */
  readonly mask: number;

  constructor(stack: Stack, mask: number) {
    this.#stack = stack;
    this.mask = mask;
  }

  /** A rule asks for so many hits. More than were kept up to now: the list begins anew. */
  keep(hits: number): void {
    const times = hits === 0 ? 32 : 2 ** Math.ceil(Math.log2(hits + 1));
    if (times <= this.#times) return;
    this.#seen.clear();
    this.#times = times;
  }

  /** `ttl` 0: whatever it was. */
  find(address: number, ttl: number): Seen | undefined {
    const entry = this.#seen.get(address);
    return entry === undefined || ttl === 0 || entry.ttl === ttl ? entry : undefined;
  }

  add(address: number, ttl: number): void {
    if (this.#seen.size >= ADDRESSES) this.#seen.delete(this.#seen.keys().next().value as number);
    this.#seen.set(address, { address, ttl, times: [this.#stack.clock.now()], next: 1 });
  }

  remove(entry: Seen): void {
    this.#seen.delete(entry.address);
  }

  note(entry: Seen): void {
    const at = entry.next % this.#times;
    entry.times[at] = this.#stack.clock.now();
    entry.next = at + 1;
    this.#seen.delete(entry.address);
    this.#seen.set(entry.address, entry);
  }

  /** The one that was seen longest ago goes, where that was before `time`; not one that is about to be noted. */
  reap(time: number, kept: Seen | undefined): void {
    const [oldest] = this.#seen.values();
    if (oldest === undefined || oldest === kept) return;
    if (time > (oldest.times[oldest.next - 1] ?? 0)) this.remove(oldest);
  }

  /** As /proc/net/xt_recent shows it. Which address comes first is a hash's chance in the kernel. */
  text(): string {
    const jiffies = (time = 0) => FIRST + Math.floor((time * HZ) / 1000);
    return [...this.#seen.values()]
      .map(({ address, ttl, times, next }) => {
        const head = `src=${formatIp(address)} ttl: ${ttl} last_seen: ${jiffies(times[next - 1])} oldest_pkt: ${next}`;
        return `${head} ${times.map(jiffies).join(', ')}\n`;
      })
      .join('');
  }

  /** `+10.0.0.1`, `-10.0.0.1`, or `/`: all of them go. */
  write(text: string): void {
    const address = parseIp(text.slice(1).trim());
    if (text.startsWith('/')) this.#seen.clear();
    else if (!/^[+-]/.test(text) || address === undefined) throw new LinuxError('EINVAL');
    else this.#write(text.startsWith('+'), Number(address));
  }

  #write(adds: boolean, address: number): void {
    const entry = this.#seen.get(address);
    if (entry === undefined) {
      if (adds) this.add(address, 0);
    } else if (adds) this.note(entry);
    else this.remove(entry);
  }
}

const lists = new WeakMap<Stack, Map<string, RecentList>>();

/** The list of that name; the first rule that names it makes it, and its file. */
export function recentList(stack: Stack, name: string, mask: number): RecentList {
  let own = lists.get(stack);
  if (own === undefined) lists.set(stack, (own = new Map()));
  let list = own.get(name);
  if (list === undefined) {
    const made = new RecentList(stack, mask);
    own.set(name, (list = made));
    stack.files.set(`xt_recent/${name}`, { read: () => made.text(), write: (text) => made.write(text) });
  }
  return list;
}
