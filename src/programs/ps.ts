import { gnu } from './gnu/options.ts';

export const ps = gnu(
  {
    name: 'ps',
    usage: '[OPTION]...',
    does: 'Report the processes of this pid namespace.',
    options: [{ short: 'e' }, { short: 'f' }, { short: 'A' }, { short: 'a' }, { short: 'x' }, { short: 'w' }],
    historic: (argument) => (/^(aux|ax|ef|e|a)w*$/.test(argument) ? [argument === 'ef' ? '-ef' : '-e'] : [argument]),
  },
  async (process, parsed) => {
    const time = (milliseconds: number) => new Date(milliseconds).toISOString().slice(11, 19);
    const rows = process.processes();
    const start = process.clock.wall() - process.clock.now();
    // BSD's `u`, which has no dash: `-u` would be a list of users.
    if (process.argv.slice(1).some((argument) => /^auxw*$/.test(argument))) {
      // Processes here take no measured time or memory: those columns are 0.
      const lines = rows.map(
        ({ pid, uid, argv, started, tty }) =>
          `${(uid === 0 ? 'root' : String(uid)).padEnd(8)} ${String(pid).padStart(7)}  0.0  0.0      0     0 ${tty === undefined ? '?       ' : 'pts/0   '} ${pid === process.pid ? 'R' : 'S'}    ${time(start + started).slice(0, 5)}   0:00 ${argv.join(' ')}\n`,
      );
      await process.stdout.write(
        `USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n${lines.join('')}`,
      );
      return 0;
    }
    if (!parsed.has('f')) {
      const lines = rows.map(
        ({ pid, argv }) =>
          `${String(pid).padStart(7)} ${process.tty === undefined ? '?       ' : 'pts/0   '} 00:00:00 ${argv[0]?.split('/').at(-1) ?? ''}\n`,
      );
      await process.stdout.write(`    PID TTY          TIME CMD\n${lines.join('')}`);
      return 0;
    }
    const lines = rows.map(
      ({ pid, ppid, uid, argv, started }) =>
        `${(uid === 0 ? 'root' : String(uid)).padEnd(8)} ${String(pid).padStart(7)} ${String(ppid).padStart(7)}  0 ${time(start + started).slice(0, 5)} ?        00:00:00 ${argv.join(' ')}\n`,
    );
    await process.stdout.write(`UID          PID    PPID  C STIME TTY          TIME CMD\n${lines.join('')}`);
    return 0;
  },
);
