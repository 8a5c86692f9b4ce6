import { LinuxError } from '../linux/errno.ts';
import { findProgram } from '../linux/process/lookup.ts';
import type { Program } from '../linux/process/process.ts';

export const which: Program = async ({ argv, files, env, cwd, stdout, stderr }) => {
  let status = 0;
  for (const name of argv.slice(1).filter((argument) => argument !== '-a')) {
    if (name.startsWith('-')) {
      await stderr.write(`Illegal option ${name}\nUsage: which [-a] args\n`);
      return 2;
    }
    try {
      await stdout.write(`${findProgram(files, env, cwd, name)}\n`);
    } catch (error) {
      if (!(error instanceof LinuxError)) throw error;
      status = 1;
    }
  }
  return status;
};
