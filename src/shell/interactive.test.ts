import { expect, test } from 'vitest';
import { Machine } from '../linux/machine.ts';
import type { Namespace } from '../linux/namespace.ts';
import type { Program, ProgramTable } from '../linux/process/process.ts';
import { Emulator } from '../linux/tty/emulator.fixture.ts';
import { TerminalDevice } from '../linux/tty/terminal.ts';
import { eventLoopHost } from '../simulation/host.ts';
import { Simulation } from '../simulation/simulation.ts';
import { sh } from './shell.ts';

const sleep: Program = async ({ clock, signals, argv }) => {
  await clock.sleep(Number(argv[1]) * 1000, signals.ended);
  return 0;
};
const cat: Program = async ({ stdin, stdout }) => {
  for (let data = await stdin.read(); data !== undefined; data = await stdin.read()) await stdout.write(data);
  return 0;
};
const table: ProgramTable = {
  sleep: async () => sleep,
  cat: async () => cat,
  sh: async () => sh,
  bash: async () => sh,
};

/** A shell on a terminal of so many columns; `type` presses keys and lets everything happen that follows at once. */
async function terminal(columns = 40) {
  const simulation = new Simulation({ seed: 'tty', host: eventLoopHost() });
  const prompts: boolean[] = [];
  const machine = new Machine({
    name: 'box',
    clock: simulation,
    random: simulation.random,
    programs: table,
    netns: { name: 'box' } as Namespace,
    services: { prompt: (waiting) => prompts.push(waiting) },
  });
  machine.files.mkdir('/root/notes', { parents: true });
  machine.files.write('/root/one.txt', '1\n');
  machine.files.write('/root/one two.txt', '12\n');
  const device = new TerminalDevice({ clock: simulation, columns, rows: 10 });
  const emulator = new Emulator(columns);
  device.onOutput((text) => emulator.write(text));
  let status: number | undefined;
  const child = machine.spawn({
    argv: ['bash'],
    cwd: '/root',
    env: new Map([
      ['PATH', '/usr/bin'],
      ['HOME', '/root'],
      ['PS1', '\\[\\e[1m\\]\\w\\[\\e[0m\\]\\$ '],
    ]),
    ...device.streams,
  });
  void child.exit.then((code) => {
    status = code;
  });
  const pass = (milliseconds = 50) => simulation.runTo(simulation.now() + milliseconds);
  await pass();
  return {
    machine,
    simulation,
    device,
    emulator,
    prompts,
    pass,
    status: () => status,
    async type(text: string, milliseconds?: number) {
      device.input(text);
      await pass(milliseconds);
      return emulator.screen;
    },
  };
}

test('a prompt, a command, its output, and Ctrl-D', async () => {
  const { type, emulator, status, prompts } = await terminal();
  expect(emulator.screen).toEqual(['~#']);
  expect(prompts).toEqual([true]);
  expect(await type('echo hello\r')).toEqual(['~# echo hello', 'hello', '~#']);
  expect(prompts).toEqual([true, false, true]);
  await type('false\r');
  expect((await type('\x04')).at(-1)).toBe('~# exit');
  expect(status()).toBe(1);
});

test('keys move and cut as in readline', async () => {
  const { type } = await terminal();
  expect(await type('echo one two')).toEqual(['~# echo one two']);
  expect(await type('\x17')).toEqual(['~# echo one']);
  expect(await type('\x19 \x19')).toEqual(['~# echo one two two']);
  expect(await type('\x01X\x05Y')).toEqual(['~# Xecho one two twoY']);
  expect(await type('\x1bb\x1bbZ')).toEqual(['~# Xecho one Ztwo twoY']);
  expect(await type('\x0b')).toEqual(['~# Xecho one Z']);
  expect(await type('\x15ab\x1b[D\x1b[Dc\x1b[3~')).toEqual(['~# cb']);
  expect(await type('\x1b[H\x1b[F\x7f\x7f\x7f')).toEqual(['~#']);
  expect(await type('one two\x1b[1;5D\x1b[1;5D\x1b[1;5C!')).toEqual(['~# one! two']);
});

test('the arrows walk through the history, Ctrl-R searches it', async () => {
  const { type } = await terminal();
  await type('echo first\r');
  await type('echo second\r');
  expect((await type('half\x1b[A')).at(-1)).toBe('~# echo second');
  expect((await type('\x1b[A')).at(-1)).toBe('~# echo first');
  expect((await type('\x1b[B\x1b[B')).at(-1)).toBe('~# half');
  expect((await type('\x15\x12fir')).at(-1)).toBe("(reverse-i-search)`fir': echo first");
  expect((await type('\r')).slice(-2)).toEqual(['first', '~#']);
  expect((await type('\x12zzz')).at(-1)).toContain('(failed reverse-i-search)`zzz');
  expect((await type('\x07ls')).at(-1)).toBe('~# ls');
});

test('Ctrl-C gives up a line, a program and an endless loop', async () => {
  const { type, emulator } = await terminal();
  expect(await type('echo ne\x03')).toEqual(['~# echo ne^C', '~#']);
  await type('sleep 100; echo not reached\r');
  expect(await type('\x03')).toEqual(['~# echo ne^C', '~# sleep 100; echo not reached', '^C', '~#']);
  await type('echo $?\r');
  expect(emulator.screen.at(-2)).toBe('130');
  await type('while true; do :; done\r', 5);
  expect((await type('\x03')).slice(-2)).toEqual(['^C', '~#']);
  await type('while true; do sleep 1; done\r', 3500);
  expect((await type('\x03')).slice(-2)).toEqual(['^C', '~#']);
  await type('(while :; do :; done) | cat\r', 5);
  expect((await type('\x03')).slice(-2)).toEqual(['^C', '~#']);
  await type('x=$(sleep 50)\r', 5);
  expect((await type('\x03')).slice(-2)).toEqual(['^C', '~#']);
});

test('jobs run behind the prompt and tell when they end', async () => {
  const { type, pass } = await terminal(60);
  const [, started] = await type('sleep 1 &\r');
  expect(started).toMatch(/^\[1\] \d+$/);
  expect((await type('jobs\r')).at(-2)).toBe('[1]+  Running                 sleep 1 &');
  await pass(2000);
  expect((await type('\r')).slice(-2)).toEqual(['[1]+  Done                    sleep 1', '~#']);
  await type('sleep 50 &\r');
  expect((await type('kill %1\r')).slice(-2)).toEqual(['[1]+  Terminated              sleep 50', '~#']);
});

test('unfinished commands are asked for to their end', async () => {
  const { type } = await terminal();
  expect(await type('for i in 1 2\r')).toEqual(['~# for i in 1 2', '>']);
  await type('do echo $i\r');
  expect(await type('done\r')).toEqual(['~# for i in 1 2', '> do echo $i', '> done', '1', '2', '~#']);
  expect((await type('cat <<E\rtext\rE\r')).slice(-5)).toEqual(['~# cat <<E', '> text', '> E', 'text', '~#']);
  expect((await type("echo 'a\rb'\r")).slice(-5)).toEqual(["~# echo 'a", "> b'", 'a', 'b', '~#']);
});

test('a paste without brackets runs line by line, one with brackets waits for Enter', async () => {
  const { type, emulator } = await terminal();
  expect(await type('echo a\recho b\r')).toEqual(['~# echo a', 'a', '~# echo b', 'b', '~#']);
  await type('\x1b[200~echo c\necho d\x1b[201~');
  expect(emulator.screen.slice(-2)).toEqual(['~# echo c', 'echo d']);
  expect((await type('\r')).slice(-3)).toEqual(['c', 'd', '~#']);
});

test('Tab completes commands, files and variables, and lists on the second press', async () => {
  const { type } = await terminal();
  expect((await type('ech\t')).at(-1)).toBe('~# echo');
  expect((await type('no\t')).at(-1)).toBe('~# echo notes/');
  expect((await type('\x17one\t')).at(-1)).toBe('~# echo one');
  expect((await type('\t\t')).slice(-2)).toEqual(['one two.txt  one.txt', '~# echo one']);
  expect((await type('\\ \t')).at(-1)).toBe('~# echo one\\ two.txt');
  expect((await type('\x15echo "one \t')).at(-1)).toBe('~# echo "one two.txt"');
  expect((await type('\x15echo $HOM\t')).at(-1)).toBe('~# echo $HOME');
  expect((await type('\x15cd \t')).at(-1)).toBe('~# cd notes/');
});

test('long lines wrap, wide characters count twice, a resize redraws', async () => {
  const { type, emulator, device, pass } = await terminal(20);
  expect(await type('echo 0123456789ABCDEFGH')).toEqual(['~# echo 0123456789AB', 'CDEFGH']);
  expect(await type('\x01#')).toEqual(['~# #echo 0123456789A', 'BCDEFGH']);
  expect([emulator.row, emulator.column]).toEqual([0, 4]);
  expect(await type('\x15\x0becho 日本語日本語')).toEqual(['~# echo 日本語日本語']);
  expect(await type('日')).toEqual(['~# echo 日本語日本語', '日']);
  expect(await type('\x7f\x7f')).toEqual(['~# echo 日本語日本']);
  const shown: string[] = [];
  device.onOutput((text) => shown.push(text));
  device.resize(12, 10);
  await pass();
  expect(shown.join('')).toBe('\x1b[1A\r\x1b[J\x1b[1m~\x1b[0m# echo 日本語日本');
});

test('Ctrl-L clears, and keeps the line', async () => {
  const { type } = await terminal();
  await type('echo a\r');
  expect(await type('echo b\x0c')).toEqual(['~# echo b']);
});

test('a program reads lines from the terminal, with echo and Ctrl-D', async () => {
  const { type } = await terminal();
  await type('cat\r');
  expect(await type('helo\x7flo\r')).toEqual(['~# cat', 'hello', 'hello']);
  expect((await type('\x04')).at(-1)).toBe('~#');
  await type('read -p "name? " n; echo "<$n>"\r');
  expect((await type('me\r')).slice(-3)).toEqual(['name? me', '<me>', '~#']);
});

test('a shell in the shell, and a hang-up that ends all', async () => {
  const { type, device, pass, status } = await terminal();
  await type('bash\r');
  await type('echo $SHLVL\r');
  expect((await type('exit 3\r')).at(-1)).toBe('~#');
  expect((await type('echo $?\r')).at(-2)).toBe('3');
  device.hangUp();
  await pass();
  expect(status()).toBe(129);
});
