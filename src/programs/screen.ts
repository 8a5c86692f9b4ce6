import type { Program } from '../linux/process/process.ts';

/** `clear` and `reset`: an empty screen, and what scrolled away forgotten. */
export const clear: Program = async ({ stdout }) => {
  await stdout.write('\x1b[H\x1b[2J\x1b[3J');
  return 0;
};
