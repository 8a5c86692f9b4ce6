import { type AnyValues, giveOption, type Match, type Option, type Place, type Target, type Use } from './extension.ts';
import type { MaskedAddress } from './kind.ts';
import { parseProtocol, protocolName } from './names.ts';
import { BadArgument, Problem } from './problem.ts';
import { findMatch, findTarget, notModelled } from './registry.ts';
import type { Action, InterfaceMatch, RuleSpec } from './rule.ts';
import type { LongOption, Words } from './words.ts';

/** A match or target while its options are being read. */
interface Draft<E> {
  readonly extension: E;
  values: AnyValues;
}

/** An extension's option on the command line. */
export interface ExtensionOption {
  readonly of: string;
  readonly name: string;
}

/** IFNAMSIZ without its final zero. */
const INTERFACE_LENGTH = 15;
/** XT_EXTENSION_MAXNAMELEN. */
export const NAME_LENGTH = 29;

/** A rule while its words are being read (iptables_command_state). */
export class RuleDraft {
  /** `-p`'s number, and the word itself, by which a protocol's match is found. */
  protocol = 0;
  protocolWord: string | undefined;
  protocolInverted = false;
  in: InterfaceMatch = { name: '', inverted: false };
  out: InterfaceMatch = { name: '', inverted: false };
  fragment = false;
  fragmentInverted = false;
  jump: string | undefined;
  goto = false;
  readonly #matches: Draft<Match>[] = [];
  #target: Draft<Target> | undefined;
  #protocolLoaded = false;
  /** Long options of what was loaded, the latest first. */
  readonly #options: LongOption<ExtensionOption>[] = [];

  get options(): readonly LongOption<ExtensionOption>[] {
    return this.#options;
  }

  setProtocol(word: string, inverted: boolean): void {
    const protocol = parseProtocol(word.toLowerCase());
    if (protocol === undefined) throw new Problem(`unknown protocol "${word.toLowerCase()}" specified`);
    if (protocol === 0 && inverted) throw new Problem('rule would never match protocol');
    this.protocol = protocol;
    this.protocolWord = word.toLowerCase();
    this.protocolInverted = inverted;
  }

  loadMatch(name: string): void {
    const extension = findMatch(name);
    if (extension === undefined) {
      if (name.length >= NAME_LENGTH) throw new Problem(`Invalid match name "${name}" (${NAME_LENGTH - 1} chars max)`);
      const known = notModelled('match', name);
      if (known !== undefined) throw new Problem(known);
      throw new Problem(`Couldn't load match \`${name}':No such file or directory\n`);
    }
    const again = this.#matches.some((one) => one.extension === extension);
    this.#matches.push({ extension, values: {} });
    // Its options stand where they stood: they are merged in once.
    if (!again) this.#addOptions(extension);
  }

  /** `-j`: a target, or a chain where none has this name. */
  setJump(name: string): void {
    this.jump = checkTargetName(name);
    const extension = findTarget(name);
    if (extension !== undefined) {
      this.#target = { extension, values: {} };
      this.#addOptions(extension);
    } else {
      const known = notModelled('target', name);
      if (known !== undefined) throw new Problem(known);
    }
  }

  setGoto(name: string): void {
    this.jump = checkTargetName(name);
    this.goto = true;
  }

  /**
   * An option that nothing loaded has: `-p tcp` brings the match `tcp` for its own.
   * @returns whether one was loaded, and the option is to be read again.
   */
  loadProtocol(): boolean {
    if (this.protocolWord === undefined || this.#protocolLoaded) return false;
    this.#protocolLoaded = true;
    const name = /^\d/.test(this.protocolWord) ? protocolName(this.protocol) : this.protocolWord;
    if (name === undefined || findMatch(name) === undefined) return false;
    this.loadMatch(name);
    return true;
  }

  giveOption(option: ExtensionOption, argument: string, inverted: boolean, words: Words<unknown>): void {
    const draft =
      this.#target?.extension.name === option.of
        ? this.#target
        : this.#matches.findLast(({ extension }) => extension.name === option.of);
    if (draft === undefined) throw new BadArgument(option.name);
    const described = draft.extension.options[option.name] as Option<unknown>;
    const all = described.words === 2 ? `${argument} ${words.takeArgument() ?? ''}` : argument;
    draft.values = giveOption(draft.extension, option.name, all, inverted, draft.values);
  }

  /** What is read, for each pair of addresses. Throws `Problem` where an option is missing or doesn't fit. */
  settle(
    place: Place,
  ): (source: MaskedAddress, destination: MaskedAddress, inverted: readonly [boolean, boolean]) => RuleSpec {
    const head = { protocol: this.protocol, protocolInverted: this.protocolInverted };
    const finish = <E extends Match | Target>({ extension, values }: Draft<E>): Use<E> => ({
      extension,
      values: extension.settle(values, head, place),
    });
    const matches = this.#matches.map(finish);
    const action = this.#action(this.#target === undefined ? undefined : finish(this.#target));
    const { in: input, out, fragment, fragmentInverted } = this;
    return (source, destination, [sourceInverted, destinationInverted]) => ({
      ...head,
      source: { ...source, inverted: sourceInverted },
      destination: { ...destination, inverted: destinationInverted },
      in: input,
      out,
      fragment,
      fragmentInverted,
      matches,
      action,
    });
  }

  #action(target: Use<Target> | undefined): Action {
    if (target !== undefined && !this.goto) return { kind: 'target', use: target };
    if (this.jump === undefined) return { kind: 'none' };
    if (this.goto) return { kind: 'goto', chain: this.jump };
    const { jump } = this;
    if (jump === 'ACCEPT' || jump === 'DROP' || jump === 'RETURN') return { kind: 'verdict', verdict: jump };
    return { kind: 'jump', chain: jump };
  }

  #addOptions(extension: Match | Target): void {
    const added: LongOption<ExtensionOption>[] = [];
    for (const [name, { kind, aliases = [] }] of Object.entries(extension.options)) {
      const id = { of: extension.name, name };
      const argument = kind.argument ? 'required' : 'none';
      for (const one of [name, ...aliases]) added.push({ name: one, argument, id });
    }
    this.#options.unshift(...added);
  }
}

export function checkInterface(name: string): string {
  if (name === '') throw new Problem('Empty interface is likely to be undesired');
  if (name.length > INTERFACE_LENGTH) {
    throw new Problem(`interface name \`${name}' must be shorter than IFNAMSIZ (${INTERFACE_LENGTH})`);
  }
  return name;
}

function checkTargetName(name: string): string {
  if (name === '') throw new Problem('Invalid target name (too short)');
  if (name.length >= NAME_LENGTH) {
    throw new Problem(`Invalid target name \`${name}' (${NAME_LENGTH - 1} chars max)`);
  }
  if (/\s/.test(name)) throw new Problem(`Invalid target name \`${name}'`);
  return name;
}

/** assert_valid_chain_name. */
export function checkChainName(name: string): string {
  if (name.length >= NAME_LENGTH) {
    throw new Problem(`chain name \`${name}' too long (must be under ${NAME_LENGTH} chars)`);
  }
  if (/^[-!]/.test(name)) throw new Problem(`chain name not allowed to start with \`${name[0]}'`);
  if (name === '' || ['ACCEPT', 'DROP', 'RETURN', 'QUEUE'].includes(name) || findTarget(name) !== undefined) {
    throw new Problem('chain name may not clash with target name');
  }
  if (/\s/.test(name)) throw new Problem(`Invalid chain name \`${name}'`);
  return name;
}
