import type { ProgramTable } from '../../linux/process/process.ts';

/** What a container starts from. Its files are few: the programs of the course, and what people look at in /etc. */
export interface Image {
  /** `registry/repository:tag`, in full. */
  readonly reference: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workingDir?: string;
  /** Bytes, as registries count them; decides how long a pull takes. */
  readonly size: number;
  /** Where the shell and the other tools lie; absent: the image has none. */
  readonly tools?: { readonly folder: string; readonly names: readonly string[] };
  /** Programs that only this image has, by their full path. */
  readonly programs: ProgramTable;
  readonly files: Readonly<Record<string, string>>;
}

export type ImageTable = ReadonlyMap<string, Image>;

/** The full reference of what a pod writes: `busybox` is `docker.io/library/busybox:latest`. */
export function fullReference(text: string): string {
  const [first = '', ...rest] = text.split('/');
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const path = hasRegistry ? text : `docker.io/${rest.length === 0 ? `library/${text}` : text}`;
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.includes(':') || name.includes('@') ? path : `${path}:latest`;
}

/** The part before tag and digest is written as registries allow it. */
export function isValidReference(text: string): boolean {
  return /^[a-z0-9]+([._:/-]+[a-z0-9]+)*(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/.test(text);
}

/** Nodes tell of all their images each time that they look at their status. */
const known = new WeakMap<Image, string>();

/** Stands in for a content digest: made from the reference, as there is no content to take one of. */
export function imageId(image: Image): string {
  let id = known.get(image);
  if (id === undefined) {
    id = digest(image.reference);
    known.set(image, id);
  }
  return id;
}

function digest(reference: string): string {
  const bytes = new TextEncoder().encode(reference);
  let id = '';
  for (let part = 0; part < 8; part++) {
    let hash = 0x811c9dc5 ^ part;
    for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    id += ((hash ^ (hash >>> 12)) >>> 0).toString(16).padStart(8, '0');
  }
  return `sha256:${id}`;
}
