import { Command } from 'commander';
import type { Context, Surroundings } from './context.ts';
import { findInstall } from './install.ts';

/** A command's code; loaded only when it runs, so that `--help` is at once. */
type Verb<Arguments extends unknown[]> = (context: Context, ...args: Arguments) => Promise<number>;

/** All commands; a verb's path among the files of this folder mirrors its words. */
export function program(surroundings: Surroundings, result: { code: number }): Command {
  const { screen } = surroundings;
  const context: Context = { ...surroundings, install: findInstall() };
  /** commander calls with (arguments..., options, command); what a verb doesn't take it ignores. */
  const run =
    <Arguments extends unknown[]>(load: () => Promise<Verb<Arguments>>) =>
    async (...args: unknown[]): Promise<void> => {
      const verb = await load();
      result.code = await verb(context, ...(args.slice(0, -1) as Arguments));
    };
  const hop = new Command('hop')
    .description('Hop by Hop: Kubernetes networking that you can see inside.')
    .version(context.install.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show the help of a command')
    .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => screen.out(text.replace(/\n$/, '')),
      writeErr: (text) => screen.err(text.replace(/\n$/, '')),
      outputError: (text, write) => write(text.replace(/^error: /, 'hop: ')),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText('after', EXAMPLES);

  hop
    .command('start')
    .description('serve the course on this machine')
    .option('-p, --port <number>', 'the usual port', '4321')
    .addHelpText('after', examples('start', 'start --port 8000'))
    .action(run(async () => (await import('./start.ts')).start));
  hop
    .command('doctor')
    .description('try everything that labs on kind need, and say how to get what is missing')
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', examples('doctor', 'doctor --json'))
    .action(run(async () => (await import('./doctor.ts')).doctor));
  lab(hop, run);
  hop
    .command('node')
    .description("run a command on a lab's node, or open a shell there")
    .argument('<node>', 'control-plane, worker, worker2, or its full name')
    .argument('[command...]', 'what to run, after --')
    .option('--tools', "use a toolbox (tcpdump, dig, ping, ...) in the node's network instead of the node's own tools")
    .option('--lab <id>', 'the lab whose cluster is meant, where several are there')
    .addHelpText(
      'after',
      examples('node worker', 'node worker -- ip route', 'node worker --tools -- ping -c 1 10.244.2.2'),
    )
    .action(run(async () => (await import('./node.ts')).node));
  hop
    .command('outside')
    .description('run a command on a machine outside the cluster, on the same wire, or open a shell there')
    .argument('[command...]', 'what to run, after --')
    .addHelpText('after', examples('outside', 'outside -- ping -c 1 172.18.0.2'))
    .action(run(async () => (await import('./outside.ts')).outside));
  hop
    .command('answer')
    .description("answer the open step's question")
    .argument('<text...>', 'the answer')
    .option('--lab <id>', 'the lab, outside of its own terminal')
    .addHelpText('after', examples('answer 10.244.1.2', 'answer "connection refused"'))
    .action(run(async () => (await import('./answer.ts')).answer));
  hop
    .command('shell')
    .description("the page's terminal and simulated cluster, here")
    .option('--lab <id>', "begin with this lab's set-up")
    .option('-c <commands>', 'run these instead of asking for commands; ends as the last one does')
    .addHelpText('after', examples('shell', 'shell --lab pods', "shell --lab pods -c 'kubectl get pods -o wide'"))
    .action(run(async () => (await import('./shell.ts')).shell));
  const cluster = hop.command('cluster').description('the kind clusters that the course made');
  cluster
    .command('list')
    .description('list them')
    .option('--json', 'print them as JSON')
    .addHelpText('after', examples('cluster list'))
    .action(run(async () => (await import('./cluster/list.ts')).list));
  cluster
    .command('delete')
    .description('delete one, or all')
    .argument('[name]', 'its name, as `hop cluster list` prints it')
    .option('--all', 'all of them')
    .addHelpText('after', examples('cluster delete hop-lab', 'cluster delete --all'))
    .action(run(async () => (await import('./cluster/delete.ts')).remove));
  return hop;
}

function lab(
  hop: Command,
  run: <Arguments extends unknown[]>(load: () => Promise<Verb<Arguments>>) => (...args: unknown[]) => Promise<void>,
): void {
  const group = hop.command('lab').description('labs on a kind cluster of this machine');
  const id = ['<id>', 'the lab, as `hop lab list` prints it'] as const;
  group
    .command('list')
    .description('list the labs')
    .option('--json', 'print them as JSON')
    .addHelpText('after', examples('lab list'))
    .action(run(async () => (await import('./lab/list.ts')).list));
  group
    .command('start')
    .description('make its cluster, set it up, and open its page (or a shell)')
    .argument(...id)
    .option('-p, --port <number>', "the page's usual port", '4321')
    .option('--shell', 'work in this terminal, without the page')
    .option('--no-open', 'do not open a browser; only print the address')
    .option('--keep', 'let clusters of other labs run on')
    .addHelpText('after', examples('lab start pods', 'lab start pods --shell'))
    .action(run(async () => (await import('./lab/start.ts')).start));
  group
    .command('check')
    .description('judge the open step now, and say why not yet')
    .argument(...id)
    .option('--json', 'print the state as JSON')
    .addHelpText('after', examples('lab check pods'))
    .action(run(async () => (await import('./lab/check.ts')).check));
  group
    .command('hint')
    .description('show the next hint of the open step')
    .argument(...id)
    .addHelpText('after', examples('lab hint pods'))
    .action(run(async () => (await import('./lab/hint.ts')).hint));
  group
    .command('solve')
    .description("run the open step's solution, and show it")
    .argument(...id)
    .option('--show', 'only show it')
    .addHelpText('after', examples('lab solve pods', 'lab solve pods --show'))
    .action(run(async () => (await import('./lab/solve.ts')).solve));
  group
    .command('goto')
    .description('begin at a step: set-up, and the solutions of the steps before it')
    .argument(...id)
    .argument('<step>', 'the step, as `hop lab check` prints it')
    .addHelpText('after', examples('lab goto pods place'))
    .action(run(async () => (await import('./lab/goto.ts')).goto));
  group
    .command('reset')
    .description('begin again')
    .argument(...id)
    .addHelpText('after', examples('lab reset pods'))
    .action(run(async () => (await import('./lab/reset.ts')).reset));
  group
    .command('stop')
    .description('end the lab; its cluster stays for the next time')
    .argument(...id)
    .option('--delete', 'delete its cluster too')
    .addHelpText('after', examples('lab stop pods', 'lab stop pods --delete'))
    .action(run(async () => (await import('./lab/stop.ts')).stop));
  group
    .command('validate')
    .description('read labs as the course does, and name what is wrong: file, line, field')
    .argument('[folder]', 'one lab, or a folder of labs', 'labs')
    .option('--json', 'print the problems as JSON')
    .addHelpText('after', examples('lab validate', 'lab validate labs/pods'))
    .action(run(async () => (await import('./lab/validate.ts')).validate));
}

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  npx hop-by-hop ${line}`).join('\n')}`;
}

const EXAMPLES = `
Examples:
  npx hop-by-hop start               the course, on this machine
  npx hop-by-hop doctor              is this machine ready for labs on kind?
  npx hop-by-hop lab start pods      the lab "pods" on a real cluster
  npx hop-by-hop shell --lab pods    the same lab's simulated cluster, in this terminal

Exit status: 0 all is well, 1 something is not as it should be, 2 wrong usage,
3 something is missing on this machine; node, outside and shell -c end as their command does.`;
