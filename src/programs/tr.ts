import { gnu, Misuse } from './gnu/options.ts';

export const tr = gnu(
  {
    name: 'tr',
    usage: '[OPTION]... STRING1 [STRING2]',
    does: 'Translate, squeeze, or delete characters from standard input, writing to standard output.',
    options: [
      { short: 'd', long: 'delete' },
      { short: 's', long: 'squeeze-repeats' },
      { short: 'c', long: 'complement' },
      { short: 'C' },
    ],
    stopAtOperand: true,
  },
  async (process, parsed) => {
    const [first, second, extra] = parsed.operands;
    const remove = parsed.has('delete');
    const squeeze = parsed.has('squeeze-repeats');
    if (first === undefined) throw new Misuse('missing operand');
    if (extra !== undefined) throw new Misuse(`extra operand ‘${extra}’`);
    if (second === undefined && !remove && !squeeze)
      throw new Misuse(`missing operand after ‘${first}’\nTwo strings must be given when translating.`);
    const from = expand(first);
    const to = second === undefined ? [] : expand(second);
    const complement = parsed.has('complement') || parsed.has('C');
    const inSet = (char: string) => from.includes(char) !== complement;
    const translate = second !== undefined && !remove;
    const map = (char: string) => (complement ? to.at(-1) : (to[from.indexOf(char)] ?? to.at(-1))) ?? char;
    const squeezed = squeeze && second !== undefined ? to : undefined;
    let last: string | undefined;
    const decoder = new TextDecoder();
    for (let chunk = await process.stdin.read(process.signals.ended); chunk !== undefined; ) {
      let out = '';
      for (const char of decoder.decode(chunk, { stream: true })) {
        if (remove && inSet(char)) continue;
        const result = translate && inSet(char) ? map(char) : char;
        const mayRepeat = !squeeze || !(squeezed?.includes(result) ?? inSet(result));
        if (mayRepeat || result !== last) out += result;
        last = result;
      }
      await process.stdout.write(out);
      chunk = await process.stdin.read(process.signals.ended);
    }
    return 0;
  },
);

const CLASSES: Readonly<Record<string, readonly [string, string][]>> = {
  lower: [['a', 'z']],
  upper: [['A', 'Z']],
  digit: [['0', '9']],
  alpha: [
    ['A', 'Z'],
    ['a', 'z'],
  ],
  alnum: [
    ['0', '9'],
    ['A', 'Z'],
    ['a', 'z'],
  ],
  space: [
    ['\t', '\r'],
    [' ', ' '],
  ],
  blank: [
    ['\t', '\t'],
    [' ', ' '],
  ],
  punct: [
    ['!', '/'],
    [':', '@'],
    ['[', '`'],
    ['{', '~'],
  ],
  cntrl: [
    ['\0', '\x1f'],
    ['\x7f', '\x7f'],
  ],
};
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '0': '\0',
  '\\': '\\',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};

/** The characters of a set: ranges, classes and escapes written out. */
function expand(set: string): readonly string[] {
  const out: string[] = [];
  let at = 0;
  const char = (): string => {
    const one = set.charAt(at++);
    if (one !== '\\' || at >= set.length) return one;
    const next = set.charAt(at++);
    return ESCAPES[next] ?? next;
  };
  while (at < set.length) {
    const named = /^\[:(\w+):\]/.exec(set.slice(at));
    if (named !== null) {
      const ranges = CLASSES[named[1] ?? ''];
      if (ranges === undefined) throw new Misuse(`invalid character class ‘${named[1]}’`, { hint: false });
      for (const [a, b] of ranges) out.push(...range(a, b));
      at += named[0].length;
      continue;
    }
    const from = char();
    if (set.charAt(at) === '-' && at + 1 < set.length) {
      at++;
      const to = char();
      if (to < from)
        throw new Misuse(`range-endpoints of ‘${from}-${to}’ are in reverse collating sequence order`, { hint: false });
      out.push(...range(from, to));
    } else out.push(from);
  }
  return out;
}

function range(from: string, to: string): string[] {
  const [a, b] = [from.codePointAt(0) ?? 0, to.codePointAt(0) ?? 0];
  return Array.from({ length: b - a + 1 }, (_, i) => String.fromCodePoint(a + i));
}
