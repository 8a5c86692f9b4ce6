import { LinuxError } from '../../linux/errno.ts';
import { normalizePath, resolvePath } from '../../linux/files/path.ts';
import { type Builtin, badOption, fail } from './builtin.ts';

export const cd: Builtin = async (call) => {
  const { shell, argv, io } = call;
  const words = argv.slice(1);
  let physical = false;
  while (/^-[LP]$/.test(words[0] ?? '')) physical = words.shift() === '-P';
  if (words[0] === '--') words.shift();
  else if (/^-./.test(words[0] ?? '')) return badOption(call, words[0] as string, 'cd [-L|[-P [-e]] [-@]] [dir]');
  if (words.length > 1) return fail(call, 'too many arguments');
  let [target] = words;
  let announce = false;
  if (target === undefined) {
    target = shell.get('HOME');
    if (target === undefined) return fail(call, 'HOME not set');
  } else if (target === '-') {
    target = shell.get('OLDPWD');
    if (target === undefined) return fail(call, 'OLDPWD not set');
    announce = true;
  }
  if (target === '') return 0;
  const cdpath =
    /^\.{0,2}\//.test(target) || target === '.' || target === '..' ? [] : (shell.get('CDPATH') ?? '').split(':');
  const candidates = [...cdpath.filter((folder) => folder !== '').map((folder) => `${folder}/${target}`), target];
  const found = candidates.find((path) => shell.files.exists(resolvePath(shell.cwd, path))) ?? target;
  const path = normalizePath(resolvePath(shell.cwd, found));
  try {
    const stat = shell.files.stat(path);
    if (stat.type !== 'directory') throw new LinuxError('ENOTDIR');
    const old = shell.cwd;
    shell.process.cwd = physical ? shell.files.realpath(path) : path;
    shell.declare('OLDPWD', { value: old, exported: true });
    shell.declare('PWD', { value: shell.cwd, exported: true });
  } catch (error) {
    if (!(error instanceof LinuxError)) throw error;
    return fail(call, `${target}: ${error.message}`);
  }
  if (announce || found !== target) await io.stdout.write(`${shell.cwd}\n`);
  return 0;
};

export const pwd: Builtin = async (call) => {
  const { shell, argv, io } = call;
  const option = argv[1];
  if (option?.startsWith('-') && !/^-[LP]$/.test(option)) return badOption(call, option, 'pwd [-LP]');
  await io.stdout.write(`${option === '-P' ? shell.files.realpath(shell.cwd) : shell.cwd}\n`);
  return 0;
};

export const umask: Builtin = async (call) => {
  if (call.argv.length > 1) return fail(call, 'changing the mask is not supported by this shell', 2);
  await call.io.stdout.write('0022\n');
  return 0;
};
