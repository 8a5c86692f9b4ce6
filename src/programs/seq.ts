import { gnu, Misuse } from './gnu/options.ts';

export const seq = gnu(
  {
    name: 'seq',
    usage: '[OPTION]... [FIRST [INCREMENT]] LAST',
    does: 'Print numbers from FIRST to LAST, in steps of INCREMENT.',
    options: [
      { short: 's', long: 'separator', value: 'required' },
      { short: 'w', long: 'equal-width' },
    ],
    stopAtOperand: true,
    historic: (argument) => (/^-\d/.test(argument) ? ['--', argument] : [argument]),
  },
  async (process, parsed) => {
    const operands = parsed.operands.filter((operand) => operand !== '--');
    if (operands.length === 0) throw new Misuse('missing operand');
    if (operands.length > 3) throw new Misuse(`extra operand ‘${operands[3]}’`);
    const numbers = operands.map((text) => {
      if (!/^[-+]?(\d+\.?\d*|\.\d+)$/.test(text)) throw new Misuse(`invalid floating point argument: ‘${text}’`);
      return Number(text);
    });
    const [first, step, last] =
      numbers.length === 1 ? [1, 1, numbers[0]] : numbers.length === 2 ? [numbers[0], 1, numbers[1]] : numbers;
    if (first === undefined || step === undefined || last === undefined) throw new Misuse('missing operand');
    if (step === 0) throw new Misuse(`invalid Zero increment value: ‘${operands[1]}’`);
    const decimals = Math.max(...operands.slice(0, -1).map((text) => text.split('.')[1]?.length ?? 0), 0);
    const count = Math.floor((last - first) / step + 1e-10) + 1;
    const texts = Array.from({ length: Math.max(0, Math.min(count, 1_000_000)) }, (_, i) =>
      (first + i * step).toFixed(decimals),
    );
    const width = parsed.has('equal-width') ? Math.max(0, ...texts.map((text) => text.length)) : 0;
    const padded = texts.map((text) =>
      text.startsWith('-') ? `-${text.slice(1).padStart(width - 1, '0')}` : text.padStart(width, '0'),
    );
    if (padded.length > 0) await process.stdout.write(`${padded.join(parsed.value('separator') ?? '\n')}\n`);
    return 0;
  },
);
