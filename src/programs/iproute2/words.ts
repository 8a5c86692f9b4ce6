import { garbage, IpError, notModelled } from './arguments.ts';
import type { IpContext } from './context.ts';
import { UNMODELLED } from './keywords.ts';

/** Takes what a word means, and the words that belong to it, into what has been read so far. */
type Take<T> = (into: T, context: IpContext, word: string) => unknown;

/** A word that any beginning of it means, too. */
class Short<T> {
  readonly take: Take<T> | typeof UNMODELLED;

  constructor(take: Take<T> | typeof UNMODELLED) {
    this.take = take;
  }
}

/** iproute2 tries this word with matches() and not with strcmp(): `pri` is `priority`. */
export function short<T>(take: Take<T> | typeof UNMODELLED): Short<T> {
  return new Short(take);
}

/** The words of a line and what they do, in the order in which iproute2 tries them. */
export type WordTable<T> = Readonly<Record<string, Take<T> | typeof UNMODELLED | Short<T>>>;

/** What may stand behind a command, as data: reading it, its usage and what is refused by name follow. */
interface Line<T> {
  /** As refusals name it: `ip route`. */
  readonly name: string;
  readonly usage: string;
  readonly words: WordTable<T>;
  /** What stands there without a word of its own: `dev` need not be written before a device. */
  readonly rest: {
    /** That may be written before it: `to`. */
    readonly word?: string;
    /** May there be more than one? */
    readonly repeated?: boolean;
    readonly take: (into: T, value: string, context: IpContext) => unknown;
  };
  /** Whether somebody else reads what follows: a kind of device its own options. */
  readonly until?: (into: T) => boolean;
}

/** Words that are refused by name, each by itself. */
export function unmodelled(...words: readonly string[]): WordTable<unknown> {
  return Object.fromEntries(words.map((word) => [word, UNMODELLED]));
}

/** Makes what reads the rest of a command line into `into`, and gives that back. */
export function reader<T>({ name, usage, words, rest, until }: Line<T>): (context: IpContext, into: T) => T {
  const table = Object.entries(words).map(([word, entry]) =>
    entry instanceof Short ? { word, short: true, take: entry.take } : { word, short: false, take: entry },
  );
  return (context, into) => {
    const { args } = context;
    let given = false;
    while (args.more && until?.(into) !== true) {
      const typed = args.next();
      const found =
        typed === rest.word
          ? undefined
          : table.find(({ word, short }) => word === typed || (short && typed !== '' && word.startsWith(typed)));
      if (found?.take === UNMODELLED) throw notModelled(`"${name} ... ${found.word}"`);
      if (found !== undefined) found.take(into, context, found.word);
      else if (typed !== rest.word && typed !== '' && 'help'.startsWith(typed)) throw new IpError(usage, 255);
      else {
        const value = typed === rest.word ? args.next() : typed;
        if (given && rest.repeated !== true) throw garbage(rest.word ?? '', value);
        given = true;
        rest.take(into, value, context);
      }
    }
    return into;
  };
}
