import { printf as format } from '../linux/command/printf.ts';
import type { Program } from '../linux/process/process.ts';

export const printf: Program = async ({ argv, stdout, stderr }) => {
  const words = argv.slice(1);
  if (words[0] === '--') words.shift();
  const [text, ...args] = words;
  if (text === undefined) {
    await stderr.write("printf: missing operand\nTry 'printf --help' for more information.\n");
    return 1;
  }
  const printed = format(text, args);
  await stdout.write(printed.text);
  for (const error of printed.errors) await stderr.write(`printf: ${error}\n`);
  return printed.errors.length === 0 ? 0 : 1;
};
