import { gnu, Misuse } from './gnu/options.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** `1.5`, `2m`, `infinity`, in seconds. @returns undefined for anything else */
export function seconds(text: string): number | undefined {
  if (/^inf(inity)?$/i.test(text)) return Number.POSITIVE_INFINITY;
  const match = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(text);
  return match === null ? undefined : Number(match[1]) * (UNITS[match[2] ?? ''] ?? 1);
}

export const sleep = gnu(
  { name: 'sleep', usage: 'NUMBER[SUFFIX]...', does: 'Pause for NUMBER seconds (suffixes: s, m, h, d).', options: [] },
  async (process, { operands }) => {
    if (operands.length === 0) throw new Misuse('missing operand');
    let total = 0;
    for (const text of operands) {
      const part = seconds(text);
      if (part === undefined) throw new Misuse(`invalid time interval ‘${text}’`);
      total += part;
    }
    await process.clock.sleep(total * 1000, process.signals.ended);
    return 0;
  },
);
