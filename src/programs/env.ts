import { gnu } from './gnu/options.ts';
import { cannotRun } from './gnu/run.ts';

export const env = gnu(
  {
    name: 'env',
    usage: '[OPTION]... [-] [NAME=VALUE]... [COMMAND [ARG]...]',
    does: 'Set each NAME to VALUE in the environment and run COMMAND.',
    options: [
      { short: 'i', long: 'ignore-environment' },
      { short: 'u', long: 'unset', value: 'required' },
    ],
    misuse: 125,
    stopAtOperand: true,
  },
  async (process, parsed) => {
    const values = new Map(parsed.has('ignore-environment') ? [] : process.env);
    for (const name of parsed.values('unset')) values.delete(name);
    const rest = [...parsed.operands];
    for (;;) {
      const equals = rest[0]?.indexOf('=') ?? -1;
      const pair = rest[0];
      if (pair === undefined || equals <= 0) break;
      values.set(pair.slice(0, equals), pair.slice(equals + 1));
      rest.shift();
    }
    if (rest.length === 0) {
      await process.stdout.write([...values].map(([name, value]) => `${name}=${value}\n`).join(''));
      return 0;
    }
    const name = rest[0] as string;
    const failure = cannotRun(process, name, values);
    if (failure === undefined) return process.exec({ argv: rest, env: values });
    await process.stderr.write(`env: ‘${name}’: ${failure.reason}\n`);
    return failure.status;
  },
);
