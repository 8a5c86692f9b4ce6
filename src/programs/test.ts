import { evaluateTest, TestError } from '../linux/command/test.ts';
import type { Program } from '../linux/process/process.ts';

/** `test` and `[`. */
export const test: Program = async (process) => {
  const words = process.argv.slice(1);
  const name = process.argv[0]?.split('/').at(-1) ?? 'test';
  try {
    if (name === '[' && words.pop() !== ']') throw new TestError("missing ']'");
    return evaluateTest(words, process) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof TestError)) throw error;
    await process.stderr.write(`${name}: ${error.message}\n`);
    return 2;
  }
};
