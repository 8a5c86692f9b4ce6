import type { Stack } from '../ip/stack.ts';
import type { IpAddress, MacAddress } from '../packet/address.ts';
import type { Device, DeviceSettings } from './device.ts';

/** What `ip -d -j` prints of a property. */
export type PropertyValue = string | number | boolean | Decimal | { readonly [key: string]: PropertyValue };

/** A number that is shown with two decimals, as the tools show seconds. */
export class Decimal {
  readonly text: string;

  constructor(seconds: number) {
    this.text = seconds.toFixed(2);
  }
}

/** The words behind `type KIND`, as a property takes them. Each method throws the tool's own refusal. */
export interface PropertyWords {
  next(): string;
  /** The next word as a whole number. `why`: what `argument "x" is wrong: ` ends with. */
  number(why: string, most?: number): number;
  address(): IpAddress;
  /** `any` is 0. */
  addressOrAny(): IpAddress;
  mac(): MacAddress;
  device(): Device;
  wrong(word: string, why: string): Error;
  /** `argument of "hairpin" must be one of "off", "on", not "x"` */
  notOneOf(option: string, choices: readonly string[], word: string): Error;
  /** For a value that the real device takes and this one doesn't. */
  notModelled(what: string): Error;
}

/**
 * One property of a kind of device: `C` is what is set when it is made or changed, `D` the device. Taking it from a
 * command line and printing it both follow from this.
 */
export interface Property<C, D> {
  /** On the command line, and in `ip -d link`. */
  readonly word: string;
  /** Other words that set it: `nolearning`. */
  readonly aliases?: readonly string[];
  /** Its member in `ip -j`, where that has another name. */
  readonly member?: string;
  /** Takes what follows `word`. Absent: it is only shown. */
  readonly take?: (words: PropertyWords, config: C, word: string) => void;
  /** Its value now; absent or `undefined`: it is not shown. */
  readonly value?: (device: D) => PropertyValue | undefined;
  /** What `ip -d link` prints, where that isn't `WORD VALUE`. */
  readonly text?: (device: D) => string | undefined;
}

export interface GivenSettings {
  readonly mac: boolean;
  readonly mtu: boolean;
}

export interface Companion {
  readonly name: string;
  make(stack: Stack, settings: DeviceSettings): Device;
}

/** A kind of device, as `ip link add ... type KIND` knows it: all that programs need to know of it. */
export interface DeviceKind<C, D extends Device> {
  readonly name: string;
  /** One line for the page "What is modelled". */
  readonly summary: string;
  readonly leavesOut?: string;
  /** What `ip link help KIND` prints. */
  readonly usage: string;
  /** In the order in which they are printed. */
  readonly properties: readonly Property<C, D>[];
  /** Words that the real tool takes here and this one refuses by name. */
  readonly unmodelled?: readonly string[];
  /** The configuration of a device that nothing is said about. */
  config(): C;
  is(device: Device): device is D;
  /** Makes it in a namespace. `given` says which settings were typed. Throws `NetlinkError`. */
  make?(stack: Stack, settings: DeviceSettings, config: C, given: GivenSettings): D;
  /** The configuration that `ip link set ... type KIND` starts from; absent: nothing can be changed. */
  current?(device: D): C;
  /** Throws `NetlinkError`. */
  change?(device: D, config: C): void;
  /** A device that appears with the first one of its kind, as the kernel's module makes it. */
  readonly companion?: Companion;
  /** What the tool misses, and ends with. */
  missing?(config: C): string | undefined;
  /** What the tool says before it asks the kernel. */
  warning?(config: C): string | undefined;
}

/** A kind whose own types are hidden, so that a list may hold all kinds. */
export interface KnownKind {
  readonly name: string;
  readonly summary: string;
  readonly leavesOut: string | undefined;
  readonly usage: string;
  readonly unmodelled: readonly string[];
  is(device: Device): boolean;
  /** Takes options for no device at all. */
  options(): Options;
  /** A new device's options; `undefined`: the kind has a way of its own. */
  begin(): NewDevice | undefined;
  /** Another device's changes; `undefined`: it takes none. */
  edit(device: Device): DeviceChange | undefined;
  /** The properties that `ip -d link` shows, in order: word, text and member. */
  show(device: Device): readonly ShownProperty[];
}

export interface Options {
  /** Takes the option `word`. @returns whether it is one. */
  take(word: string, words: PropertyWords): boolean;
}

export interface NewDevice extends Options {
  readonly companion: Companion | undefined;
  missing(): string | undefined;
  warning(): string | undefined;
  make(stack: Stack, settings: DeviceSettings, given: GivenSettings): Device;
}

export interface DeviceChange extends Options {
  apply(): void;
}

export interface ShownProperty {
  readonly word: string;
  readonly member: string;
  /** Absent: in JSON alone. */
  readonly text: string | undefined;
  /** Absent: in text alone. */
  readonly value: PropertyValue | undefined;
}

export function known<C, D extends Device>(kind: DeviceKind<C, D>): KnownKind {
  const { name, summary, leavesOut, usage, unmodelled = [], properties } = kind;
  const taker = (config: C) => (word: string, words: PropertyWords) => {
    const property = properties.find((one) => one.word === word || one.aliases?.includes(word) === true);
    if (property?.take === undefined) return false;
    property.take(words, config, word);
    return true;
  };
  return {
    name,
    summary,
    leavesOut,
    usage,
    unmodelled,
    is: (device) => kind.is(device),
    options: () => ({ take: taker(kind.config()) }),
    begin() {
      if (kind.make === undefined) return undefined;
      const config = kind.config();
      return {
        take: taker(config),
        companion: kind.companion,
        missing: () => kind.missing?.(config),
        warning: () => kind.warning?.(config),
        make: (stack, settings, given) => {
          if (kind.make === undefined) throw new TypeError(name);
          return kind.make(stack, settings, config, given);
        },
      };
    },
    edit(device) {
      if (!kind.is(device) || kind.current === undefined) return undefined;
      const config = kind.current(device);
      return { take: taker(config), apply: () => kind.change?.(device, config) };
    },
    show(device) {
      if (!kind.is(device)) return [];
      return properties.map((property) => {
        const { word, member = word } = property;
        const value = property.value?.(device);
        return { word, member, value, text: textOf(property, device, value) };
      });
    },
  };
}

function textOf<C, D>({ word, text }: Property<C, D>, device: D, value: PropertyValue | undefined): string | undefined {
  if (text !== undefined) return text(device);
  if (value === undefined) return undefined;
  if (typeof value === 'boolean') return `${word} ${value ? 'on' : 'off'}`;
  return `${word} ${value instanceof Decimal ? value.text : String(value)}`;
}
