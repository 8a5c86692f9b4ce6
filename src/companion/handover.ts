import { spawn } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { privateFolder } from '../labs/targets/kind/folder.ts';
import { ENTER_PATH } from './wire.ts';

/** Longer than a code lives. */
const FILE_LIFE_MS = 65_000;

/**
 * Hands a browser the code without naming it anywhere: a page that only this user can read posts it. (A code in an
 * address would be in the history, in a command's arguments for everybody to see.) The page is gone with its code.
 */
export async function writeHandover(folder: string, url: string, code: string): Promise<string> {
  await privateFolder(folder);
  const path = join(folder, `enter-${process.pid}.html`);
  await rm(path, { force: true });
  await writeFile(path, handoverPage(url, code), { mode: 0o600, flag: 'wx' });
  setTimeout(() => void rm(path, { force: true }), FILE_LIFE_MS).unref();
  return path;
}

export function handoverPage(url: string, code: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Hop by Hop</title>
<meta name="referrer" content="no-referrer">
<form method="post" action="${url.replace(/\/$/, '')}${ENTER_PATH}">
<input type="hidden" name="code" value="${code}">
<p>Opening your lab. <button>Go on</button></p>
</form>
<script>document.forms[0].submit();</script>
</html>
`;
}

/** Opens a local file in the user's browser. @returns false where there is none to open it in. */
export async function openInBrowser(path: string, env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  // Inside WSL the browser is a Windows program, which reads Linux files under another name.
  const isWsl = /microsoft/i.test(release());
  if (isWsl || (process.platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY)) return false;
  const program = env.BROWSER || (process.platform === 'darwin' ? 'open' : 'xdg-open');
  return new Promise((resolve) => {
    const child = spawn(program, [pathToFileURL(path).href], { stdio: 'ignore', detached: true });
    child.on('error', () => resolve(false));
    child.on('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
