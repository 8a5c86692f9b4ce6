import { gnu } from './gnu/options.ts';

export const ps = gnu(
  {
    name: 'ps',
    usage: '[OPTION]...',
    does: 'Report the processes of this pid namespace.',
    options: [{ short: 'e' }, { short: 'f' }, { short: 'A' }, { short: 'a' }, { short: 'x' }, { short: 'w' }],
    historic: (argument) =>
      /^(aux|ax|ef|e|a)w*$/.test(argument)
        ? [argument === 'ef' ? '-ef' : argument.startsWith('au') ? '-f' : '-e']
        : [argument],
  },
  async (process, parsed) => {
    const time = (milliseconds: number) => new Date(milliseconds).toISOString().slice(11, 19);
    const rows = process.processes();
    if (!parsed.has('f')) {
      const lines = rows.map(
        ({ pid, argv }) =>
          `${String(pid).padStart(7)} ${process.tty === undefined ? '?       ' : 'pts/0   '} 00:00:00 ${argv[0]?.split('/').at(-1) ?? ''}\n`,
      );
      await process.stdout.write(`    PID TTY          TIME CMD\n${lines.join('')}`);
      return 0;
    }
    const start = process.clock.wall() - process.clock.now();
    const lines = rows.map(
      ({ pid, ppid, uid, argv, started }) =>
        `${(uid === 0 ? 'root' : String(uid)).padEnd(8)} ${String(pid).padStart(7)} ${String(ppid).padStart(7)}  0 ${time(start + started).slice(0, 5)} ?        00:00:00 ${argv.join(' ')}\n`,
    );
    await process.stdout.write(`UID          PID    PPID  C STIME TTY          TIME CMD\n${lines.join('')}`);
    return 0;
  },
);
