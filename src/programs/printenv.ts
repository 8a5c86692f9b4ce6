import { gnu } from './gnu/options.ts';

export const printenv = gnu(
  {
    name: 'printenv',
    usage: '[VARIABLE]...',
    does: 'Print the values of environment VARIABLE(s), or all.',
    options: [],
    misuse: 2,
  },
  async ({ env, stdout }, { operands }) => {
    if (operands.length === 0) {
      await stdout.write([...env].map(([name, value]) => `${name}=${value}\n`).join(''));
      return 0;
    }
    const found = operands.filter((name) => env.has(name));
    await stdout.write(found.map((name) => `${env.get(name)}\n`).join(''));
    return found.length === operands.length ? 0 : 1;
  },
);
