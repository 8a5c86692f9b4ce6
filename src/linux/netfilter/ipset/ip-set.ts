import type { Clock } from '../../../simulation/clock.ts';
import { netmask } from '../../packet/address.ts';
import type { Element, Value } from './element.ts';
import { SetProblem, setMessages } from './set-problem.ts';
import type { SetType } from './set-type.ts';

/** What `create` was told, with its defaults. */
export interface SetOptions {
  readonly hashSize: number;
  readonly maxElements: number;
  readonly netmask: number;
  /** Seconds; absent: elements stay. */
  readonly timeout?: number | undefined;
  readonly counters: boolean;
  readonly comment: boolean;
  readonly forceAdd: boolean;
  readonly bucketSize: number;
  readonly initialValue: number;
  readonly range: readonly [number, number];
  readonly size: number;
}

/** What an element carries. */
export interface Entry {
  readonly element: Element;
  /** Virtual time in milliseconds; absent: it stays. */
  readonly expires?: number | undefined;
  readonly comment?: string | undefined;
  readonly nomatch: boolean;
  packets: number;
  bytes: number;
}

export interface EntryOptions {
  readonly timeout?: number | undefined;
  readonly comment?: string | undefined;
  readonly nomatch?: boolean;
  readonly packets?: number;
  readonly bytes?: number;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

type Node = Map<Value, Node | Entry>;
type Accepts = ((entry: Entry) => boolean) | undefined;

/** A set. Elements lie in a tree, a level a part, so that a packet is looked up without making anything. */
export class IpSet {
  readonly type: SetType;
  readonly options: SetOptions;
  readonly #clock: Clock;
  readonly #root: Node = new Map();
  /** How many networks of each prefix length there are, by part. */
  readonly #lengths: readonly number[][];
  /** In the order in which they came, which a list:set keeps. */
  #entries = new Set<Entry>();

  constructor(type: SetType, options: SetOptions, clock: Clock) {
    this.type = type;
    this.options = options;
    this.#clock = clock;
    this.#lengths = type.parts.map(() => new Array<number>(33).fill(0));
  }

  /** Those that have not run out. */
  entries(): readonly Entry[] {
    const now = this.#clock.now();
    for (const entry of this.#entries) if (gone(entry, now)) this.#remove(entry);
    const entries = [...this.#entries];
    if (this.type.name === 'bitmap:port') entries.sort((a, b) => Number(a.element[0]) - Number(b.element[0]));
    return entries;
  }

  get memory(): number {
    const { empty, element } = this.type.memory;
    const { timeout, counters, comment, range } = this.options;
    const extensions = (timeout === undefined ? 0 : 8) + (counters ? 16 : 0) + (comment ? 8 : 0);
    let bytes = empty;
    if (this.type.name === 'bitmap:port') {
      const ports = range[1] - range[0] + 1;
      return bytes + Math.ceil(ports / 64) * 8 + ports * extensions;
    }
    for (const entry of this.entries()) {
      // A bucket of a hash has 32 bytes and begins with room for two.
      bytes += this.type.name === 'list:set' ? element + extensions : 32 + 2 * (element + extensions);
      if (entry.comment !== undefined) bytes += entry.comment.length + 17;
    }
    return bytes;
  }

  /** Throws `SetProblem`; with `exist`, what is there takes the new options. */
  add(element: Element, given: EntryOptions, exist: boolean): void {
    const { timeout, counters, comment } = this.options;
    if (given.timeout !== undefined && timeout === undefined) {
      throw new SetProblem('Timeout cannot be used: set was created without timeout support');
    }
    if (given.comment !== undefined && !comment) {
      throw new SetProblem('Comment cannot be used: set was created without comment support');
    }
    if ((given.packets !== undefined || given.bytes !== undefined) && !counters) {
      throw new SetProblem('Packet/byte counters cannot be used: set was created without counter support');
    }
    const kept = this.#normal(element);
    this.#check(kept);
    const old = this.#find(kept);
    if (old !== undefined && !exist) throw new SetProblem(setMessages.added, 1, true);
    if (old !== undefined) this.#remove(old);
    else if (this.#entries.size >= this.options.maxElements && this.type.options.includes('hash')) {
      const [first] = this.#entries;
      if (!this.options.forceAdd || first === undefined) {
        throw new SetProblem('Hash is full, cannot add more elements');
      }
      this.#remove(first);
    }
    const seconds = given.timeout ?? timeout ?? 0;
    this.#insert(
      {
        element: kept,
        ...(seconds !== 0 && { expires: this.#clock.now() + seconds * 1000 }),
        ...(given.comment !== undefined && { comment: given.comment }),
        nomatch: given.nomatch ?? false,
        // ip_set_init_counter: what isn't given stays as it was.
        packets: given.packets ?? old?.packets ?? 0,
        bytes: given.bytes ?? old?.bytes ?? 0,
      },
      given,
    );
  }

  /** Throws `SetProblem` where it is not there. */
  delete(element: Element): void {
    const old = this.#find(this.#normal(element));
    if (old === undefined) throw new SetProblem(setMessages.notAdded, 1, true);
    this.#remove(old);
  }

  /** Is this very element there, or a network that holds it? */
  test(element: Element): boolean {
    if (this.type.name === 'bitmap:port' && !this.#inRange(Number(element[0]))) throw outOfRange();
    const whole = element.some((value, i) => this.type.parts[i] === 'net' && Number(value) % 64 !== 32);
    const found = whole ? this.#find(element) : this.lookup(element);
    return found !== undefined && !found.nomatch;
  }

  flush(): void {
    for (const entry of this.#entries) this.#remove(entry);
  }

  /**
   * The entry that a packet's values meet; of networks, the smallest that `accepts` takes. `values` of nets are plain
   * addresses times 64.
   */
  lookup(values: readonly Value[], accepts?: (entry: Entry) => boolean): Entry | undefined {
    return this.#lookup(this.#root, values, 0, accepts);
  }

  #lookup(node: Node, values: readonly Value[], at: number, accepts: Accepts): Entry | undefined {
    const value = values[at] as Value;
    const part = this.type.parts[at];
    if (part !== 'net' || typeof value === 'string') {
      const masked = part === 'ip' && at === 0 && this.options.netmask < 32 ? this.#mask(Number(value)) : value;
      return this.#step(node.get(masked), values, at, accepts);
    }
    const address = Math.floor(value / 64);
    const lengths = this.#lengths[at] as number[];
    for (let length = 32; length > 0; length--) {
      if (lengths[length] === 0) continue;
      const found = this.#step(node.get(((address & netmask(length)) >>> 0) * 64 + length), values, at, accepts);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #step(found: Node | Entry | undefined, values: readonly Value[], at: number, accepts: Accepts): Entry | undefined {
    if (found === undefined) return undefined;
    if (found instanceof Map) return this.#lookup(found, values, at + 1, accepts);
    if (gone(found, this.#clock.now())) return undefined;
    return accepts === undefined || accepts(found) ? found : undefined;
  }

  #find(element: Element): Entry | undefined {
    let node: Node | Entry | undefined = this.#root;
    for (const value of element) node = node instanceof Map ? node.get(value) : undefined;
    if (node === undefined || node instanceof Map || !gone(node, this.#clock.now())) return node as Entry | undefined;
    this.#remove(node);
    return undefined;
  }

  #insert(entry: Entry, { before, after }: EntryOptions): void {
    let node = this.#root;
    const last = entry.element.length - 1;
    for (const [i, value] of entry.element.entries()) {
      if (this.type.parts[i] === 'net') (this.#lengths[i] as number[])[Number(value) % 64] = this.#count(i, value) + 1;
      if (i === last) {
        node.set(value, entry);
        break;
      }
      const next = (node.get(value) as Node | undefined) ?? new Map();
      node.set(value, next);
      node = next;
    }
    const beside = before ?? after;
    if (beside === undefined) {
      this.#entries.add(entry);
      return;
    }
    const entries = [...this.#entries];
    const at = entries.findIndex(({ element }) => element[0] === beside);
    entries.splice(before === undefined ? at + 1 : Math.max(at, 0), 0, entry);
    this.#entries = new Set(entries);
  }

  #count(part: number, value: Value): number {
    return (this.#lengths[part] as number[])[Number(value) % 64] ?? 0;
  }

  #remove(entry: Entry): void {
    this.#entries.delete(entry);
    const path: Node[] = [this.#root];
    for (const value of entry.element.slice(0, -1)) path.push(path.at(-1)?.get(value) as Node);
    for (let i = entry.element.length - 1; i >= 0; i--) {
      const value = entry.element[i] as Value;
      if (this.type.parts[i] === 'net') (this.#lengths[i] as number[])[Number(value) % 64] = this.#count(i, value) - 1;
      const below = path[i + 1];
      if (below === undefined || below.size === 0) path[i]?.delete(value);
    }
  }

  #normal(element: Element): Element {
    if (this.options.netmask === 32 || this.type.parts[0] !== 'ip') return element;
    return [this.#mask(Number(element[0])), ...element.slice(1)];
  }

  #mask(address: number): number {
    return (address & netmask(this.options.netmask)) >>> 0;
  }

  #inRange(port: number): boolean {
    return port >= this.options.range[0] && port <= this.options.range[1];
  }

  #check(element: Element): void {
    if (this.type.name === 'bitmap:port' && !this.#inRange(Number(element[0]))) throw outOfRange();
    if (this.type.name === 'hash:ip' && element[0] === 0) {
      throw new SetProblem('Null-valued element, cannot be stored in a hash type of set');
    }
    if (this.type.name === 'list:set' && this.#entries.size >= this.options.size && this.#find(element) === undefined) {
      throw new SetProblem('Set is full, more elements cannot be added.');
    }
  }
}

function outOfRange(): SetProblem {
  return new SetProblem('Element is out of the range of the set');
}

function gone({ expires }: Entry, now: number): boolean {
  return expires !== undefined && expires <= now;
}
