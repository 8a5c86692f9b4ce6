import { LinuxError } from '../../linux/errno.ts';
import { NetworkNamespace } from '../../linux/namespace.ts';
import { parseCommand } from '../../linux/netfilter/iptables/parse.ts';
import { Problem, problemText } from '../../linux/netfilter/iptables/problem.ts';
import { translateRestore } from '../../linux/netfilter/iptables/restore-translate.ts';
import { translateCommand } from '../../linux/netfilter/iptables/translate.ts';
import type { Program } from '../../linux/process/process.ts';
import { ctime } from './ctime.ts';
import { readOptions } from './options.ts';
import { readAll } from './restore.ts';

const NAME = 'iptables-translate';
const RESTORE = 'iptables-restore-translate';

/** iptables-translate(8): a rule of iptables in nft's language; nothing is changed. */
export const translate: Program = async (process) => {
  if (!(process.netns instanceof NetworkNamespace)) throw new TypeError(`${NAME} needs a simulated network namespace`);
  const words = process.argv.slice(1);
  let warnings = '';
  try {
    const command = parseCommand(words, { stack: process.netns.stack }, NAME, (text) => (warnings += text));
    if (warnings !== '') await process.stderr.write(warnings);
    if ('answer' in command) {
      await process.stdout.write(command.answer);
      return 0;
    }
    const { text, done } = translateCommand(command, words, 'shell');
    if (!done) await process.stderr.write('Translation not implemented\n');
    await process.stdout.write(text);
    return done ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    await process.stderr.write(warnings + problemText(error, NAME));
    return error.status;
  }
};

const USAGE = `${RESTORE} 1.8.9 (c) 2014 by Pablo Neira Ayuso <pablo@netfilter.org>
Usage: ${RESTORE} [-h] [-f <FILE>] [-V]
	[ --help ]
	[ --file=<FILE> ]
	[ --version ]
`;

/** iptables-restore-translate(8): a file of iptables-save in nft's language. */
export const restoreTranslate: Program = async (process) => {
  if (!(process.netns instanceof NetworkNamespace)) throw new TypeError(`${RESTORE} needs a simulated namespace`);
  const read = readOptions(process.argv.slice(1), RESTORE, {
    flags: { h: 'help', V: 'version' },
    values: { f: 'file' },
  });
  if (typeof read === 'string') {
    // An option that it doesn't know is no word to it.
    await process.stderr.write(`ERROR: missing file name\n${USAGE}`);
    return 1;
  }
  if (read.given.has('help')) {
    await process.stderr.write(USAGE);
    return 1;
  }
  if (read.given.has('version')) {
    await process.stdout.write(`${RESTORE} v1.8.9\n`);
    return 0;
  }
  const path = read.given.get('file');
  if (path === undefined) {
    await process.stderr.write(`ERROR: missing file name\n${USAGE}`);
    return 1;
  }
  let file: string;
  try {
    file = await readAll(process, path);
  } catch (error) {
    if (!(error instanceof LinuxError)) throw error;
    await process.stderr.write(`Cannot open file ${path}\n`);
    return 1;
  }
  const { status, stdout, stderr } = translateRestore(process.netns.stack, file, ctime(process.clock.wall()));
  if (stderr !== '') await process.stderr.write(stderr);
  await process.stdout.write(stdout);
  return status;
};
