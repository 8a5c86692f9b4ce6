import { LinuxError, strerror } from '../linux/errno.ts';
import { resolvePath } from '../linux/files/path.ts';
import { NetworkNamespace } from '../linux/namespace.ts';
import { settingsOf } from '../linux/netfilter/conntrack/settings.ts';
import type { Process, Program } from '../linux/process/process.ts';

const USAGE = `
Usage:
 sysctl [options] [variable[=value] ...]

Options:
  -a, --all            display all variables
  -A                   alias of -a
  -X                   alias of -a
      --deprecated     include deprecated parameters to listing
      --dry-run        Print the key and values but do not write
  -b, --binary         print value without new line
  -e, --ignore         ignore unknown variables errors
  -N, --names          print variable names without values
  -n, --values         print only values of the given variable(s)
  -p, --load[=<file>]  read values from file
  -f                   alias of -p
      --system         read values from all system directories
  -r, --pattern <expression>
                       select setting that match expression
  -q, --quiet          do not echo variable set
  -w, --write          enable writing a value to variable
  -o                   does nothing
  -x                   does nothing
  -d                   alias of -h

 -h, --help     display this help and exit
 -V, --version  output version information and exit

For more details see sysctl(8).
`;

const LONG = new Map(
  Object.entries({
    all: 'a',
    binary: 'b',
    deprecated: 'D',
    'dry-run': 'Y',
    help: 'h',
    ignore: 'e',
    load: 'p',
    names: 'N',
    pattern: 'r',
    quiet: 'q',
    system: 'S',
    values: 'n',
    version: 'V',
    write: 'w',
  }),
);
const LETTERS = 'aAXbeNnpfrqwoxdhV';

/** A wrong option: procps prints its usage and, as getopt's `?` falls into `-h` there, ends with 0. */
class WrongOption extends Error {}

interface Call {
  readonly letters: Set<string>;
  readonly words: string[];
  pattern?: string;
  file?: string;
}

function parse(args: readonly string[]): Call {
  const call: Call = { letters: new Set(), words: [] };
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? '';
    if (word === '--') {
      call.words.push(...args.slice(i + 1));
      break;
    }
    if (word.startsWith('--')) {
      const [name = '', value] = word.slice(2).split('=', 2);
      const found = [...LONG.keys()].filter((long) => long.startsWith(name));
      const letter = LONG.get(name) ?? (found.length === 1 ? LONG.get(found[0] ?? '') : undefined);
      if (letter === undefined) throw new WrongOption(`unrecognized option '${word}'`);
      if (letter === 'r') call.pattern = value ?? args[++i] ?? '';
      if (letter === 'p' && value !== undefined) call.file = value;
      call.letters.add(letter);
    } else if (word.startsWith('-') && word !== '-') {
      for (let at = 1; at < word.length; at++) {
        const letter = word.charAt(at);
        if (!LETTERS.includes(letter)) throw new WrongOption(`invalid option -- '${letter}'`);
        call.letters.add(letter === 'A' || letter === 'X' ? 'a' : letter === 'f' ? 'p' : letter === 'd' ? 'h' : letter);
        if (letter !== 'r' && letter !== 'p' && letter !== 'f') continue;
        const rest = word.slice(at + 1);
        if (letter === 'r') call.pattern = rest === '' ? (args[++i] ?? '') : rest;
        else if (rest !== '') call.file = rest;
        break;
      }
    } else call.words.push(word);
  }
  return call;
}

/** Between dots and slashes: the separator that comes first is the one that parts the name (procps' slashdot). */
function pathOf(name: string): string {
  const first = /[./]/.exec(name)?.[0];
  return first === '.' ? name.replace(/[./]/g, (c) => (c === '.' ? '/' : '.')) : name;
}
const dotted = (path: string) => path.replace(/[./]/g, (c) => (c === '.' ? '/' : '.'));

class Sysctl {
  readonly #process: Process;
  readonly #netns: NetworkNamespace;
  readonly #call: Call;
  status = 0;

  constructor(process: Process, netns: NetworkNamespace, call: Call) {
    this.#process = process;
    this.#netns = netns;
    this.#call = call;
  }

  #has(letter: string): boolean {
    return this.#call.letters.has(letter);
  }

  async #complain(text: string, status = 1): Promise<void> {
    this.status += status;
    await this.#process.stderr.write(`sysctl: ${text}\n`);
  }

  /** All settings, by the paths that they have below /proc/sys. */
  #paths(): readonly (readonly [path: string, name: string])[] {
    const devices = this.#netns.links().map(({ name }) => name);
    return this.#netns.sysctlNames().map((name) => {
      const device = devices.find((one) => one.includes('.') && name.includes(`.${one}.`));
      if (device === undefined) return [name.replaceAll('.', '/'), name];
      const [before = '', after = ''] = name.split(`.${device}.`);
      return [`${before.replaceAll('.', '/')}/${device}/${after}`, name];
    });
  }

  async #print(path: string, value: string): Promise<void> {
    const { stdout } = this.#process;
    if (this.#has('N')) await stdout.write(`${dotted(path)}\n`);
    else if (this.#has('b')) await stdout.write(value);
    else await stdout.write(this.#has('n') ? `${value}\n` : `${dotted(path)} = ${value}\n`);
  }

  /** One setting, or all that are below a folder. */
  async read(word: string): Promise<void> {
    const path = pathOf(word).replace(/\/+$/, '');
    const all = this.#paths();
    const found = all.filter(([one]) => one === path || one.startsWith(`${path}/`));
    if (path === '' || found.length === 0) {
      if (!this.#has('e')) await this.#complain(`cannot stat /proc/sys/${path}: No such file or directory`);
      return;
    }
    await this.#list(found);
  }

  async all(): Promise<void> {
    const { pattern } = this.#call;
    let wanted = this.#paths();
    if (pattern !== undefined) {
      let expression: RegExp;
      try {
        expression = new RegExp(pattern);
      } catch {
        await this.#complain(`cannot compile regular expression "${pattern}"`);
        return;
      }
      wanted = wanted.filter(([path]) => expression.test(dotted(path)));
    }
    await this.#list(wanted);
  }

  async #list(settings: readonly (readonly [path: string, name: string])[]): Promise<void> {
    for (const [path, name] of settings) await this.#print(path, this.#netns.getSysctl(name));
  }

  async write(key: string, value: string, ignore = this.#has('e')): Promise<void> {
    const path = pathOf(key);
    if (path === '') {
      await this.#complain('Path is not under /proc/sys/: /proc/sys/');
      return;
    }
    const found = this.#paths().find(([one]) => one === path);
    if (found === undefined) {
      if (!this.#has('e')) {
        await this.#complain(`cannot stat /proc/sys/${path}: No such file or directory`, ignore ? 0 : 1);
      }
      return;
    }
    const shown = dotted(path);
    if (this.#process.uid !== 0) {
      await this.#complain(`permission denied on key "${shown}"`);
      return;
    }
    try {
      if (!this.#has('Y')) this.#netns.setSysctl(found[1], value);
    } catch (error) {
      if (!(error instanceof LinuxError)) throw error;
      // What can only be read is refused before it is tried, with whatever errno was there.
      const readOnly = error.errno === 'EACCES';
      await this.#complain(
        `setting key "${shown}": ${strerror[readOnly ? 'EINVAL' : error.errno]}`,
        readOnly || ignore ? 0 : 1,
      );
      return;
    }
    if (!this.#has('q')) await this.#print(path, value);
  }

  async load(file: string): Promise<void> {
    const { files, cwd } = this.#process;
    let text: string;
    try {
      text = new TextDecoder().decode(files.read(resolvePath(cwd, file)));
    } catch (error) {
      if (!(error instanceof LinuxError)) throw error;
      await this.#complain(`cannot open "${file}": ${strerror[error.errno]}`);
      return;
    }
    for (const [i, raw] of text.split('\n').entries()) {
      const line = raw.trim();
      if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
      const equals = line.indexOf('=');
      if (equals < 0) {
        await this.#process.stderr.write(`sysctl: ${file}(${i + 1}): invalid syntax, continuing...\n`);
        continue;
      }
      const ignore = line.startsWith('-');
      await this.write(
        line.slice(ignore ? 1 : 0, equals).trim(),
        line.slice(equals + 1).trim(),
        ignore || this.#has('e'),
      );
    }
  }
}

/** sysctl(8) of procps 4: the settings below /proc/sys/net of its network namespace; kernel, vm and fs are not modelled. */
export const sysctl: Program = async (process) => {
  const { netns, stdout, stderr } = process;
  if (!(netns instanceof NetworkNamespace)) throw new TypeError('sysctl needs a simulated network namespace');
  // The module nf_conntrack is loaded on any machine that runs containers: its settings are there.
  settingsOf(netns.stack);
  let call: Call;
  try {
    call = parse(process.argv.slice(1));
  } catch (error) {
    if (!(error instanceof WrongOption)) throw error;
    await stderr.write(`sysctl: ${error.message}\n`);
    await stdout.write(USAGE);
    return 0;
  }
  const { letters, words, file } = call;
  if (letters.has('h')) await stdout.write(USAGE);
  else if (letters.has('V')) await stdout.write('sysctl from procps-ng 4.0.2\n');
  if (letters.has('h') || letters.has('V')) return 0;
  if (letters.has('S')) {
    await stderr.write('sysctl: --system is not modelled in this simulation; -p FILE is\n');
    return 1;
  }
  const run = new Sysctl(process, netns, call);
  if (letters.has('a')) await run.all();
  else if (letters.has('p')) {
    const files = [...(file === undefined ? [] : [file]), ...words];
    for (const one of files.length === 0 ? ['/etc/sysctl.conf'] : files) await run.load(one);
    return run.status > 0 ? 1 : 0;
  } else if (words.length === 0) {
    if (letters.size === 0) {
      await stderr.write(USAGE);
      return 1;
    }
    await stderr.write("sysctl: no variables specified\nTry `sysctl --help' for more information.\n");
    return 1;
  } else {
    for (const word of words) {
      const equals = word.indexOf('=');
      if (equals >= 0) await run.write(word.slice(0, equals).trim(), word.slice(equals + 1).trim());
      else if (letters.has('w')) {
        await stderr.write('sysctl: command line(0): invalid syntax, continuing...\n');
        run.status = 1;
      } else await run.read(word);
    }
  }
  return run.status;
};
