import { echo as echoText } from '../../linux/command/echo.ts';
import { printf as formatPrintf } from '../../linux/command/printf.ts';
import { evaluateTest, TestError } from '../../linux/command/test.ts';
import { assign } from '../run/assign.ts';
import { type Builtin, badOption, fail, NAME } from './builtin.ts';

export const echo: Builtin = async ({ argv, io }) => {
  await io.stdout.write(echoText(argv.slice(1)));
  return 0;
};

export const printf: Builtin = async (call) => {
  const words = call.argv.slice(1);
  let variable: string | undefined;
  if (words[0] === '-v') {
    variable = words[1] ?? '';
    words.splice(0, 2);
    if (!NAME.test(variable)) return fail(call, `\`${variable}': not a valid identifier`, 2);
  }
  if (words[0] === '--') words.shift();
  else if (words[0]?.startsWith('-') && words[0].length > 1)
    return badOption(call, words[0].slice(0, 2), 'printf [-v var] format [arguments]');
  const [format, ...args] = words;
  if (format === undefined) {
    await call.io.stderr.write('printf: usage: printf [-v var] format [arguments]\n');
    return 2;
  }
  const { text, errors } = formatPrintf(format, args);
  if (variable === undefined) await call.io.stdout.write(text);
  else assign(call.shell, variable, text);
  for (const error of errors) await fail(call, error);
  return errors.length === 0 ? 0 : 1;
};

export const test: Builtin = async (call) => {
  const { shell, argv, io } = call;
  const words = argv.slice(1);
  if (argv[0] === '[' && words.pop() !== ']') return fail(call, "missing `]'", 2);
  if (words.length === 2 && words[0] === '-v') return shell.get(words[1] ?? '') === undefined ? 1 : 0;
  try {
    const scope = { files: shell.files, cwd: shell.cwd, stdin: io.stdin, stdout: io.stdout, stderr: io.stderr };
    return evaluateTest(words, scope) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof TestError)) throw error;
    return fail(call, error.message, 2);
  }
};
