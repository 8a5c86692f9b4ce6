import type { Program } from '../linux/process/process.ts';

export const yes: Program = async ({ argv, stdout, signals, clock }) => {
  const line = `${argv.slice(1).join(' ') || 'y'}\n`;
  for (;;) {
    await stdout.write(line.repeat(64), signals.ended);
    // It never waits by itself, and virtual time has to go on.
    await clock.sleep(0.01, signals.ended);
  }
};
