import { LinuxError } from '../../linux/errno.ts';
import { openReader, openWriter } from '../../linux/process/open.ts';
import type { Process, Reader, Writer } from '../../linux/process/process.ts';
import { emptyReader, nullWriter, textReader } from '../../linux/process/streams.ts';
import { expandTarget, expandText } from '../expand/expand.ts';
import type { Scope } from '../expand/scope.ts';
import type { Redirection } from '../syntax/ast.ts';

/** One open descriptor. */
export interface End {
  readonly reader?: Reader;
  readonly writer?: Writer;
}

/** A failed redirection; `message` is bash's, without its prefix. */
export class RedirectionError extends Error {}

const CLOSED: Writer = {
  write: async () => {
    throw new LinuxError('EBADF', 'write error');
  },
};

/** A command's descriptors. Immutable: a redirection makes another one. */
export class Io {
  readonly #ends: ReadonlyMap<number, End>;

  constructor(ends: ReadonlyMap<number, End>) {
    this.#ends = ends;
  }

  static of(process: Pick<Process, 'stdin' | 'stdout' | 'stderr'>): Io {
    return new Io(
      new Map<number, End>([
        [0, { reader: process.stdin }],
        [1, { writer: process.stdout }],
        [2, { writer: process.stderr }],
      ]),
    );
  }

  get stdin(): Reader {
    return this.#ends.get(0)?.reader ?? emptyReader;
  }

  get stdout(): Writer {
    return this.#ends.get(1)?.writer ?? CLOSED;
  }

  get stderr(): Writer {
    return this.#ends.get(2)?.writer ?? nullWriter;
  }

  get(descriptor: number): End | undefined {
    return this.#ends.get(descriptor);
  }

  with(descriptor: number, end: End | undefined): Io {
    const ends = new Map(this.#ends);
    if (end === undefined) ends.delete(descriptor);
    else ends.set(descriptor, end);
    return new Io(ends);
  }

  /** The same descriptors, with the process's own behind 0, 1 and 2 (a subshell's). */
  adopt(process: Pick<Process, 'stdin' | 'stdout' | 'stderr'>): Io {
    const own = Io.of(process);
    return new Io(new Map([...this.#ends, [0, own.get(0) as End], [1, own.get(1) as End], [2, own.get(2) as End]]));
  }
}

/** Applies redirections from left to right. Throws `RedirectionError`. */
export async function redirect(
  io: Io,
  redirections: readonly Redirection[],
  process: Process,
  scope: Scope,
  noclobber: boolean,
): Promise<Io> {
  for (const redirection of redirections) io = await redirectOne(io, redirection, process, scope, noclobber);
  return io;
}

async function redirectOne(
  io: Io,
  redirection: Redirection,
  process: Process,
  scope: Scope,
  noclobber: boolean,
): Promise<Io> {
  const { operator } = redirection;
  if (operator === '<<') {
    return io.with(redirection.descriptor ?? 0, {
      reader: textReader(await expandText(redirection.target, scope, 'none')),
    });
  }
  if (operator === '<<<') {
    return io.with(redirection.descriptor ?? 0, {
      reader: textReader(`${await expandText(redirection.target, scope)}\n`),
    });
  }
  const target = await expandTarget(redirection.target, scope);
  if (target === undefined)
    throw new RedirectionError(`${await expandText(redirection.target, scope)}: ambiguous redirect`);
  const input = operator === '<' || operator === '<&';
  const descriptor = redirection.descriptor ?? (input ? 0 : 1);
  if (operator === '<&' || operator === '>&') {
    if (target === '-') return io.with(descriptor, undefined);
    if (/^\d+$/.test(target)) {
      const end = io.get(Number(target));
      if (end === undefined) throw new RedirectionError(`${target}: Bad file descriptor`);
      return io.with(descriptor, end);
    }
    if (operator === '<&' || redirection.descriptor !== undefined)
      throw new RedirectionError(`${target}: ambiguous redirect`);
  }
  try {
    if (operator === '<') return io.with(descriptor, { reader: openReader(process, target) });
    if (noclobber && operator === '>' && isPlainFile(process, target)) {
      throw new RedirectionError(`${target}: cannot overwrite existing file`);
    }
    const end = { writer: openWriter(process, target, { append: operator === '>>' || operator === '&>>' }) };
    const both = operator === '&>' || operator === '&>>' || operator === '>&';
    return both ? io.with(1, end).with(2, end) : io.with(descriptor, end);
  } catch (error) {
    if (error instanceof LinuxError) throw new RedirectionError(`${target}: ${new LinuxError(error.errno).message}`);
    throw error;
  }
}

function isPlainFile(process: Process, path: string): boolean {
  const full = path.startsWith('/') ? path : `${process.cwd}/${path}`;
  return process.files.exists(full) && process.files.stat(full).type === 'file';
}
