import { resolvePath } from '../linux/files/path.ts';
import type { Program } from '../linux/process/process.ts';

declare module '../linux/process/process.ts' {
  interface Services {
    /** The page's editor tab; absent where there is none (a node, a pod, a terminal in Node). */
    readonly editor?: {
      /** @returns false: the file is not in the learner's folder, which is all that the tab can edit. */ open(
        path: string,
      ): boolean;
    };
  }
}

/** `vi`, `vim`, `nano`, `edit`: opens the page's editor tab on a file. */
export const editor: Program = async ({ argv, cwd, files, services, stdout, stderr }) => {
  const name = argv[0]?.split('/').at(-1) ?? 'edit';
  const operands = argv.slice(1).filter((argument) => !/^[-+]/.test(argument));
  const [file, another] = operands;
  if (file === undefined || another !== undefined) {
    await stderr.write(`${name}: name one file, as in: ${name} pod.yaml\n`);
    return 2;
  }
  const path = resolvePath(cwd, file);
  if (files.exists(path) && files.stat(path).type === 'directory') {
    await stderr.write(`${name}: ${file} is a directory\n`);
    return 1;
  }
  if (services.editor === undefined) {
    await stderr.write(`${name}: there is no editor here; it opens from the lab's own terminal\n`);
    return 1;
  }
  if (!services.editor.open(path)) {
    await stderr.write(`${name}: the editor tab opens files of your own folder only; ${file} is not in it\n`);
    return 1;
  }
  await stdout.write(`${file} is open in the editor tab.\n`);
  return 0;
};
