import type { Process } from '../../linux/process/process.ts';
import { openInput, readText } from '../gnu/input.ts';

/** What nft's options say. */
export interface NftOptions {
  file: string | undefined;
  check: boolean;
  handles: boolean;
  stateless: boolean;
  terse: boolean;
  numeric: boolean;
  numericPriority: boolean;
  numericProtocol: boolean;
  numericTime: boolean;
  services: boolean;
  users: boolean;
  echo: boolean;
  readonly defines: string[];
  readonly words: readonly string[];
}

/** Ends nft with these words and this status. */
export class NftExit extends Error {
  readonly status: number;
  readonly stdout: string;

  constructor(stderr: string, status: number, stdout = '') {
    super(stderr);
    this.name = 'NftExit';
    this.status = status;
    this.stdout = stdout;
  }
}

type Flag = Exclude<keyof NftOptions, 'file' | 'defines' | 'words'>;

const FLAGS: Readonly<Record<string, Flag>> = {
  c: 'check',
  check: 'check',
  a: 'handles',
  handle: 'handles',
  s: 'stateless',
  stateless: 'stateless',
  t: 'terse',
  terse: 'terse',
  n: 'numeric',
  numeric: 'numeric',
  y: 'numericPriority',
  'numeric-priority': 'numericPriority',
  p: 'numericProtocol',
  'numeric-protocol': 'numericProtocol',
  T: 'numericTime',
  'numeric-time': 'numericTime',
  S: 'services',
  service: 'services',
  u: 'users',
  guid: 'users',
  e: 'echo',
  echo: 'echo',
};

/** Options of nft's that are not modelled. */
const REFUSED = new Set('i interactive o optimize N reversedns j json d debug I includepath e echo'.split(' '));
const WITH_VALUE = new Set(['f', 'file', 'D', 'define', 'I', 'includepath', 'd', 'debug']);

export const VERSION = 'nftables v1.0.6 (Lester Gooch #5)\n';

/** Reads options up to the first word that is none (src/main.c). */
export function parseOptions(argv: readonly string[]): NftOptions {
  const options: NftOptions = {
    file: undefined,
    check: false,
    handles: false,
    stateless: false,
    terse: false,
    numeric: false,
    numericPriority: false,
    numericProtocol: false,
    numericTime: false,
    services: false,
    users: false,
    echo: false,
    defines: [],
    words: [],
  };
  const rest = argv.slice(1);
  while (rest[0]?.startsWith('-') === true && rest[0] !== '-') {
    const word = rest.shift() as string;
    if (word === '--') break;
    if (word.startsWith('--')) {
      const [name, value] = split(word.slice(2));
      one(options, name, word, () => value ?? rest.shift());
    } else {
      for (let i = 1; i < word.length; i++) {
        const name = word[i] as string;
        let used = false;
        one(options, name, name, () => {
          used = true;
          return word.slice(i + 1) || rest.shift();
        });
        if (used) break;
      }
    }
  }
  const late = rest.find((word) => word.startsWith('-') && word.length > 1 && !/^-\d/.test(word));
  if (late !== undefined && options.file === undefined) {
    const before = rest.slice(0, rest.indexOf(late)).join(' ');
    const line = `nft ${rest.join(' ')} `;
    const marks = `   ^${' '.repeat(before.length + 1)}${'~'.repeat(late.length)}`;
    throw new NftExit(`Error: syntax error, options must be specified before commands\n${line}`, 1, `\n${marks}\n`);
  }
  return { ...options, words: rest };
}

function split(word: string): [string, string | undefined] {
  const at = word.indexOf('=');
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

function one(options: NftOptions, name: string, shown: string, value: () => string | undefined): void {
  if (name === 'h' || name === 'help') throw new NftExit('', 0, USAGE);
  if (name === 'v' || name === 'version') throw new NftExit('', 0, VERSION);
  if (name === 'V')
    throw new NftExit('', 0, `${VERSION}  cli:\t\teditline\n  json:\t\tyes\n  minigmp:\tno\n  libxtables:\tyes\n`);
  if (REFUSED.has(name))
    throw new NftExit(`nft: option '${name.length === 1 ? '-' : '--'}${name}' is not modelled here\n`, 1);
  const flag = Object.hasOwn(FLAGS, name) ? FLAGS[name] : undefined;
  if (flag !== undefined) {
    options[flag] = true;
    if (flag === 'numeric') options.numericPriority = options.numericProtocol = options.numericTime = true;
    return;
  }
  if (!WITH_VALUE.has(name)) {
    throw new NftExit(
      shown.startsWith('--') ? `nft: unrecognized option '${shown}'\n` : `nft: invalid option -- '${shown}'\n`,
      1,
    );
  }
  const given = value();
  if (given === undefined) {
    const of = name.length === 1 ? `-- '${name}'` : `'--${name}' requires an argument`;
    throw new NftExit(name.length === 1 ? `nft: option requires an argument ${of}\n` : `nft: option ${of}\n`, 1);
  }
  if (name === 'f' || name === 'file') options.file = given;
  else options.defines.push(given);
}

/** The standard input, by any of its names, or a file. */
export async function readFile(process: Process, name: string): Promise<string> {
  return readText(process, openInput(process, name === '/dev/stdin' ? '-' : name));
}

const USAGE = `Usage: nft [ options ] [ cmds... ]

Options (general):
  -h, --help                      Show this help
  -v, --version                   Show version information
  -V                              Show extended version information

Options (ruleset input handling):
  -f, --file <filename>           Read input from <filename>
  -D, --define <name=value>       Define variable, e.g. --define foo=1.2.3.4
  -i, --interactive               Read input from interactive CLI
  -I, --includepath <directory>   Add <directory> to the paths searched for include files. Default is: /etc
  -c, --check                     Check commands validity without actually applying the changes.
  -o, --optimize                  Optimize ruleset

Options (ruleset list formatting):
  -a, --handle                    Output rule handle.
  -s, --stateless                 Omit stateful information of ruleset.
  -t, --terse                     Omit contents of sets.
  -S, --service                   Translate ports to service names as described in /etc/services.
  -N, --reversedns                Translate IP addresses to names.
  -u, --guid                      Print UID/GID as defined in /etc/passwd and /etc/group.
  -n, --numeric                   Print fully numerical output.
  -y, --numeric-priority          Print chain priority numerically.
  -p, --numeric-protocol          Print layer 4 protocols numerically.
  -T, --numeric-time              Print time values numerically.

Options (command output formatting):
  -e, --echo                      Echo what has been added, inserted or replaced.
  -j, --json                      Format output in JSON
  -d, --debug <level [,level...]> Specify debugging level (scanner, parser, eval, netlink, mnl, proto-ctx, segtree, all)

`;
