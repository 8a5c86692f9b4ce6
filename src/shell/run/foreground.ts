import type { Child } from '../../linux/process/process.ts';
import { Interrupted } from './control.ts';
import type { Shell } from './state.ts';

/** Waits for a foreground job, which has the terminal meanwhile. */
export async function waitForeground(shell: Shell, children: readonly Child[]): Promise<number[]> {
  const { tty } = shell.process;
  const own = shell.process.group;
  const group = children[0]?.group;
  const gives = tty !== undefined && group !== undefined && group !== own && shell.interactive;
  if (gives) tty.foreground = group;
  try {
    const statuses: number[] = [];
    for (const child of children) statuses.push(await shell.wait(child));
    await reportSignal(shell, children);
    return statuses;
  } finally {
    if (gives) {
      tty.foreground = own;
      tty.setMode('cooked');
    }
  }
}

async function reportSignal(shell: Shell, children: readonly Child[]): Promise<void> {
  if (!shell.interactive) return;
  const signal = children.at(-1)?.killedBy;
  if (children.some((child) => child.killedBy === 'INT')) throw new Interrupted();
  if (signal === 'TERM') await shell.io.stderr.write('Terminated\n');
  if (signal === 'KILL') await shell.io.stderr.write('Killed\n');
  if (signal === 'HUP') await shell.io.stderr.write('Hangup\n');
}
