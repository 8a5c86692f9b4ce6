import type { Machine } from '../linux/machine.ts';
import { DEFAULT_PATH, installPrograms } from '../linux/process/lookup.ts';

/** What kind's node image comes without, though people look for it there. `hop node --tools` brings it. */
const NOT_ON_A_NODE = [
  'arping',
  'dig',
  'ipset',
  'nano',
  'nc',
  'nslookup',
  'ping',
  'tcpdump',
  'tracepath',
  'traceroute',
  'vi',
  'vim',
  'wg',
] as const;

/** Is it a tool that people look for on a node, and that `--tools` has? */
export function isLacking(name: string): boolean {
  return NOT_ON_A_NODE.some((lacking) => lacking === name);
}

const FOLDER = '/opt/toolbox/bin';

/** PATH of a toolbox in the node's network: the node's own tools and those that its image lacks. */
export const TOOLS_PATH = `${FOLDER}:${DEFAULT_PATH}`;

/** Puts what kind's node image lacks out of the way: in a folder that is not on PATH. */
export function layTools({ files, programs }: Machine): void {
  const lacking = NOT_ON_A_NODE.filter((name) => name in programs);
  for (const name of lacking) files.remove(`/usr/bin/${name}`);
  installPrograms(files, lacking, FOLDER);
}
