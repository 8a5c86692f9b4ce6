import { echo as echoText } from '../linux/command/echo.ts';
import type { Program } from '../linux/process/process.ts';

export const echo: Program = async ({ argv, stdout }) => {
  await stdout.write(echoText(argv.slice(1)));
  return 0;
};
