import { LinuxError } from '../../linux/errno.ts';
import type { Files } from '../../linux/files/files.ts';
import { MemoryFiles } from '../../linux/files/memory.ts';
import { makeDevices } from '../../linux/machine/layout.ts';
import { findProgram, installPrograms } from '../../linux/process/lookup.ts';
import type { ProgramTable } from '../../linux/process/process.ts';
import type { Image } from '../images/image.ts';

/** Lays an image's files out, those of its tools that `table` has among them, in `folder` of the node and gives them as a root of their own. */
export function makeRoot(node: Files, folder: string, image: Image, table: ProgramTable): Files {
  node.mkdir(folder, { parents: true });
  const root = node.chroot(folder);
  for (const one of ['/etc', '/tmp', '/root', '/run', '/var']) root.mkdir(one);
  root.chmod('/tmp', 0o1777);
  if (root instanceof MemoryFiles) makeDevices(root);
  const { tools } = image;
  if (tools !== undefined) {
    installPrograms(
      root,
      tools.names.filter((name) => name in table),
      tools.folder,
    );
    if (tools.folder !== '/bin') root.symlink(tools.folder.slice(1), '/bin');
  }
  for (const path of Object.keys(image.programs)) installAt(root, path);
  for (const [path, content] of Object.entries(image.files)) {
    root.mkdir(path.slice(0, path.lastIndexOf('/')) || '/', { parents: true });
    root.write(path, content);
  }
  return root;
}

/** A program of the table under its own name, at `path`. */
function installAt(root: Files, path: string): void {
  const slash = path.lastIndexOf('/');
  const folder = path.slice(0, slash) || '/';
  root.mkdir(folder, { parents: true });
  installPrograms(root, [path.slice(slash + 1)], folder);
}

/** What runc says when it can't execute `argv`; undefined when it can. */
export function execProblem(
  root: Files,
  env: ReadonlyMap<string, string>,
  cwd: string,
  argv: readonly string[],
): string | undefined {
  const name = argv[0] ?? '';
  try {
    findProgram(root, env, cwd, name);
    return undefined;
  } catch (failure) {
    if (!(failure instanceof LinuxError)) throw failure;
    if (failure.errno === 'EACCES') return `exec: "${name}": permission denied`;
    return name.includes('/')
      ? `exec: "${name}": stat ${name}: no such file or directory`
      : `exec: "${name}": executable file not found in $PATH`;
  }
}
