import { type Scope, scopeNumber } from '../../linux/device/interface-address.ts';
import { LinuxError } from '../../linux/errno.ts';
import { protocolNames, type RouteProtocol } from '../../linux/ip/route.ts';
import { tableNumber } from '../../linux/ip/table.ts';
import type { Process } from '../../linux/process/process.ts';
import { type Names, numberOf } from './context.ts';

const FOLDER = '/etc/iproute2';
const builtIn = new Map(Object.entries(protocolNames).map(([name, number]) => [number, name]));
const scopes = new Map<number, Scope>(Object.entries(scopeNumber).map(([name, number]) => [number, name as Scope]));

/** Names and numbers of one kind: what iproute2 has itself, then what the files say; the later one prevails (rt_names.c). */
class NameTable {
  readonly #byNumber: Map<number, string>;
  readonly #byName: Map<string, number>;

  constructor(own: Readonly<Record<string, number>>) {
    this.#byName = new Map(Object.entries(own));
    this.#byNumber = new Map(Object.entries(own).map(([name, number]) => [number, name]));
  }

  /** fread_id_name: sscanf's `%d %s`. @returns the line that can't be read, with which the file ends */
  read(text: string): string | undefined {
    for (const line of text.split(/(?<=\n)/)) {
      const entry = line.replace(/^[ \t]+/, '');
      if (entry === '' || entry === '\n' || entry.startsWith('#')) continue;
      const [, number, name] = /^(0x[0-9a-f]+(?![0-9a-f])|[+-]?\d+(?!\d))\s*(\S+)/i.exec(entry) ?? [];
      if (number === undefined || name === undefined) return entry;
      this.#byNumber.set(Number(number), name);
      this.#byName.set(name, Number(number));
    }
    return undefined;
  }

  name(number: number): string {
    return this.#byNumber.get(number) ?? String(number);
  }

  number(word: string, most: number): number | undefined {
    return this.#byName.get(word) ?? numberOf(word, most);
  }
}

/** What a node's files call tables, protocols and scopes: /etc/iproute2/rt_tables, rt_protos and rt_scopes. */
export class FileNames implements Names {
  readonly #process: Process;
  #tables: NameTable | undefined;
  #protocols: NameTable | undefined;
  #scopes: NameTable | undefined;

  constructor(process: Process) {
    this.#process = process;
  }

  table(number: number): string {
    return this.#tableNames.name(number);
  }

  tableNumber(word: string): number | undefined {
    return this.#tableNames.number(word, 2 ** 32 - 1);
  }

  protocol(protocol: RouteProtocol): string {
    return this.protocolOf(protocolNames[protocol] ?? Number(protocol));
  }

  protocolOf(number: number): string {
    return this.#protocolNames.name(number);
  }

  routeProtocol(word: string): RouteProtocol | undefined {
    const number = this.#protocolNames.number(word, 255);
    return number === undefined ? undefined : (builtIn.get(number) ?? String(number));
  }

  scope(scope: Scope): string {
    return this.#scopeNames.name(scopeNumber[scope]);
  }

  scopeOf(word: string): Scope | number | undefined {
    const number = this.#scopeNames.number(word, 255);
    return number === undefined ? undefined : (scopes.get(number) ?? number);
  }

  get #tableNames(): NameTable {
    return (this.#tables ??= this.#read('rt_tables', tableNumber));
  }

  get #protocolNames(): NameTable {
    return (this.#protocols ??= this.#read('rt_protos', protocolNames));
  }

  get #scopeNames(): NameTable {
    return (this.#scopes ??= this.#read('rt_scopes', scopeNumber));
  }

  /** The file, then those of its folder `.d` whose names end in `.conf`. */
  #read(file: string, own: Readonly<Record<string, number>>): NameTable {
    const names = new NameTable(own);
    const { files, stderr } = this.#process;
    const path = `${FOLDER}/${file}`;
    for (const each of [path, ...this.#parts(`${path}.d`)]) {
      const text = attempt(() => files.readText(each));
      const broken = text === undefined ? undefined : names.read(text);
      if (broken !== undefined) void stderr.write(`Database ${each} is corrupted at ${broken}\n`);
    }
    return names;
  }

  #parts(folder: string): readonly string[] {
    const names = attempt(() => this.#process.files.list(folder)) ?? [];
    return names.filter((name) => !name.startsWith('.') && /.\.conf$/.test(name)).map((name) => `${folder}/${name}`);
  }
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof LinuxError) return undefined;
    throw error;
  }
}
