import type { Process } from '../../linux/process/process.ts';

/** What the computed parameters are computed from. */
interface Source {
  readonly process: Process;
  readonly name: string;
  readonly status: number;
  readonly line: number;
  readonly mainPid: number;
  readonly started: number;
  readonly lastBackground: number | undefined;
  readonly positional: readonly string[];
  readonly interactive: boolean;
  readonly commandString: boolean;
  readonly options: Readonly<Record<'errexit' | 'noglob' | 'nounset' | 'xtrace' | 'noclobber', boolean>>;
  get(name: string): string | undefined;
}

/** Parameters that are computed: `$?`, `$1`, `$RANDOM`, ... */
export function specialParameter(shell: Source, name: string): string | undefined {
  switch (name) {
    case '?':
      return String(shell.status);
    case '$':
      return String(shell.mainPid);
    case '!':
      return shell.lastBackground === undefined ? undefined : String(shell.lastBackground);
    case '#':
      return String(shell.positional.length);
    case '0':
      return shell.name;
    case '-':
      return flags(shell);
    case 'RANDOM':
      return String(shell.process.random.below(32768));
    case 'SECONDS':
      return String(Math.floor((shell.process.clock.now() - shell.started) / 1000));
    case 'EPOCHSECONDS':
      return String(Math.floor(shell.process.clock.wall() / 1000));
    case 'LINENO':
      return String(shell.line);
    case 'BASHPID':
      return String(shell.process.pid);
    case 'PPID':
      return String(shell.process.ppid);
    case 'UID':
    case 'EUID':
      return String(shell.process.uid);
    case 'HOSTNAME':
      return shell.process.hostname;
    default:
      return /^[1-9]\d*$/.test(name) ? shell.positional[Number(name) - 1] : undefined;
  }
}

function flags(shell: Source): string {
  const { options } = shell;
  const set: readonly (readonly [boolean, string])[] = [
    [options.errexit, 'e'],
    [options.noglob, 'f'],
    [true, 'h'],
    [shell.interactive, 'i'],
    [options.nounset, 'u'],
    [options.xtrace, 'x'],
    [true, 'B'],
    [options.noclobber, 'C'],
    [shell.commandString, 'c'],
  ];
  return set.map(([on, letter]) => (on ? letter : '')).join('');
}

/** The home folder of a user, from /etc/passwd; the shell's own (`$HOME`) for ''. */
export function homeOf(shell: Source, user: string): string | undefined {
  if (user === '') return shell.get('HOME') ?? homeOf(shell, userName(shell));
  if (user === '+') return shell.process.cwd;
  if (user === '-') return shell.get('OLDPWD');
  return passwd(shell).find((fields) => fields[0] === user)?.[5];
}

/** The name of the shell's user. */
export function userName(shell: Source): string {
  return passwd(shell).find((fields) => fields[2] === String(shell.process.uid))?.[0] ?? 'I have no name!';
}

function passwd(shell: Source): readonly (readonly string[])[] {
  const { files } = shell.process;
  if (!files.exists('/etc/passwd')) return [];
  return files
    .readText('/etc/passwd')
    .split('\n')
    .map((line) => line.split(':'));
}
