import { NetworkNamespace } from '../../linux/namespace.ts';
import { formatIp, type IpAddress } from '../../linux/packet/address.ts';
import type { Process } from '../../linux/process/process.ts';
import { ResolveFailure, resolve } from '../resolve.ts';
import { CurlFailure } from './failure.ts';
import type { Target } from './url.ts';

type Verbose = (mark: '*', line: string) => Promise<void>;

/** `--interface`: a device, or an address or name of this machine. */
export async function bindTo(
  process: Process,
  name: string | undefined,
  verbose: Verbose,
  target: Target,
): Promise<{ readonly device?: string; readonly source?: IpAddress }> {
  if (name === undefined) return {};
  const { netns } = process;
  if (netns instanceof NetworkNamespace && netns.link(name) !== undefined) return { device: name };
  try {
    const source = (await resolve(process, name, { family: 'inet' })).addresses[0] ?? 0;
    await verbose('*', `Name '${name}' family 2 resolved to '${formatIp(source)}' family 2`);
    return { source };
  } catch (error) {
    if (!(error instanceof ResolveFailure)) throw error;
    await verbose('*', `Could not resolve host: ${name}`);
    const words = `Couldn't bind to '${name}'`;
    await verbose('*', words);
    throw await bindFailure(words, target, verbose, false);
  }
}

/** What curl says of a bind(2) that fails. */
export async function bindFailure(
  words: string,
  { host, port }: Target,
  verbose: Verbose,
  say = true,
): Promise<CurlFailure> {
  if (say) await verbose('*', words);
  await verbose('*', `Failed to connect to ${host} port ${port} after 0 ms: Failed binding local connection end`);
  return new CurlFailure(45, words);
}
