import { Collector } from '../linux/process/streams.ts';
import { gnu, Misuse } from './gnu/options.ts';
import { seconds } from './sleep.ts';

export const watch = gnu(
  {
    name: 'watch',
    usage: '[OPTION]... COMMAND',
    does: 'Run COMMAND again and again and show its output on the whole screen.',
    options: [
      { short: 'n', long: 'interval', value: 'required' },
      { short: 't', long: 'no-title' },
      { short: 'x', long: 'exec' },
    ],
    stopAtOperand: true,
  },
  async (process, parsed) => {
    if (parsed.operands.length === 0) throw new Misuse('missing command');
    const interval = seconds(parsed.value('interval') ?? '2');
    if (interval === undefined) throw new Misuse(`failed to parse argument: '${parsed.value('interval')}'`);
    const command = parsed.operands.join(' ');
    const argv = parsed.has('exec') ? parsed.operands : ['sh', '-c', command];
    for (;;) {
      const output = new Collector();
      await process.spawn({ argv, stdout: output, stderr: output }).exit;
      const rows = process.tty?.rows ?? 24;
      const columns = process.tty?.columns ?? 80;
      const left = `Every ${Math.max(0.1, interval).toFixed(1)}s: ${command}`;
      const right = `${process.hostname}: ${new Date(process.clock.wall()).toUTCString().replace(' GMT', '').replace(',', '')}`;
      const title = parsed.has('no-title') ? [] : [left.padEnd(columns - right.length) + right, ''];
      const body = output
        .text()
        .replace(/\n$/, '')
        .split('\n')
        .map((line) => line.slice(0, columns));
      await process.stdout.write(`\x1b[H\x1b[J${[...title, ...body].slice(0, rows).join('\n')}`, process.signals.ended);
      await process.clock.sleep(Math.max(0.1, interval) * 1000, process.signals.ended);
    }
  },
);
