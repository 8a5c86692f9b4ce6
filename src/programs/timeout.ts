import { gnu, Misuse } from './gnu/options.ts';
import { cannotRun } from './gnu/run.ts';
import { seconds } from './sleep.ts';

const TIMED_OUT = 124;

export const timeout = gnu(
  {
    name: 'timeout',
    usage: '[OPTION] DURATION COMMAND [ARG]...',
    does: 'Start COMMAND, and end it if still running after DURATION.',
    options: [
      { short: 's', long: 'signal', value: 'required' },
      { short: 'k', long: 'kill-after', value: 'required' },
    ],
    misuse: 125,
    stopAtOperand: true,
  },
  async (process, parsed) => {
    const [duration, ...argv] = parsed.operands;
    if (duration === undefined || argv.length === 0) throw new Misuse('missing operand');
    const limit = seconds(duration);
    if (limit === undefined) throw new Misuse(`invalid time interval ‘${duration}’`);
    const signal = (parsed.value('signal') ?? 'TERM').replace(/^SIG/, '').toUpperCase();
    if (signal !== 'TERM' && signal !== 'INT' && signal !== 'KILL' && signal !== 'HUP')
      throw new Misuse(`${signal}: invalid signal`);
    const failure = cannotRun(process, argv[0] as string);
    if (failure !== undefined) {
      await process.stderr.write(`timeout: failed to run command ‘${argv[0]}’: ${failure.reason}\n`);
      return failure.status;
    }
    const child = process.spawn({ argv });
    let late = false;
    const timers = [
      process.clock.after(limit * 1000, () => {
        late = true;
        child.kill(signal);
      }),
    ];
    const kill = seconds(parsed.value('kill-after') ?? '');
    if (kill !== undefined) timers.push(process.clock.after((limit + kill) * 1000, () => child.kill('KILL')));
    const status = await child.exit;
    for (const timer of timers) timer.cancel();
    return late && signal !== 'KILL' ? TIMED_OUT : status;
  },
);
