import { Wireguard } from '../../linux/device/wireguard/wireguard.ts';
import { LinuxError } from '../../linux/errno.ts';
import { NetworkNamespace } from '../../linux/namespace.ts';
import type { Process, Program } from '../../linux/process/process.ts';
import { change } from './change.ts';
import { applyFile, showConfiguration } from './configuration.ts';
import { generate, publicKeyOf } from './keys.ts';
import { show } from './show.ts';
import { WgError } from './words.ts';

const USAGE = `Usage: wg <cmd> [<args>]

Available subcommands:
  show: Shows the current configuration and device information
  showconf: Shows the current configuration of a given WireGuard interface, for use with \`setconf'
  set: Change the current configuration, add peers, remove peers, or change peers
  setconf: Applies a configuration file to a WireGuard interface
  addconf: Appends a configuration file to a WireGuard interface
  syncconf: Synchronizes a configuration file to a WireGuard interface
  genkey: Generates a new private key and writes it to stdout
  genpsk: Generates a new preshared key and writes it to stdout
  pubkey: Reads a private key from stdin and writes a public key to stdout
You may pass \`--help' to any of these subcommands to view usage.
`;

/** wg(8) of wireguard-tools 1.0.20210914. */
export const wg: Program = async (process) => {
  try {
    return await run(process);
  } catch (error) {
    if (error instanceof WgError) {
      await process.stderr.write(`${error.message}\n`);
      return 1;
    }
    if (error instanceof LinuxError) {
      await process.stderr.write(`Unable to modify interface: ${error.message}\n`);
      return 1;
    }
    throw error;
  }
};

async function run(process: Process): Promise<number> {
  const { netns } = process;
  if (!(netns instanceof NetworkNamespace)) throw new TypeError('wg needs a simulated network namespace');
  const [, command = 'show', ...args] = process.argv;
  const interfaceOf = (name: string): Wireguard => {
    const device = netns.link(name);
    if (device === undefined) throw new WgError('Unable to access interface: No such device');
    if (!(device instanceof Wireguard)) throw new WgError('Unable to access interface: Operation not supported');
    return device;
  };
  switch (command) {
    case '-h':
    case '--help':
    case 'help':
      await process.stdout.write(USAGE);
      return 0;
    case '-v':
    case '--version':
      await process.stdout.write('wireguard-tools v1.0.20210914 - https://git.zx2c4.com/wireguard-tools/\n');
      return 0;
    case 'genkey':
    case 'genpsk':
      return generate(process, command);
    case 'pubkey':
      return publicKeyOf(process);
    case 'show': {
      const all = netns.links().filter((device) => device instanceof Wireguard);
      return show(process, all, interfaceOf, args);
    }
    case 'showconf': {
      const [name, ...rest] = args;
      if (name === undefined || rest.length > 0) throw new WgError('Usage: wg showconf <interface>');
      return showConfiguration(process, interfaceOf(name));
    }
    case 'set': {
      const [name, ...words] = args;
      if (name === undefined || words.length === 0) throw new WgError(SET_USAGE);
      await change(process, () => interfaceOf(name), words);
      return 0;
    }
    case 'setconf':
    case 'addconf':
    case 'syncconf': {
      const [name, file, ...rest] = args;
      if (name === undefined || file === undefined || rest.length > 0) {
        throw new WgError(`Usage: wg ${command} <interface> <configuration filename>`);
      }
      return applyFile(process, () => interfaceOf(name), file, command !== 'addconf');
    }
    default:
      await process.stderr.write(`Invalid subcommand: \`${command}'\n${USAGE}`);
      return 1;
  }
}

const SET_USAGE =
  'Usage: wg set <interface> [listen-port <port>] [fwmark <mark>] [private-key <file path>] [peer <base64 public key> [remove] [preshared-key <file path>] [endpoint <ip>:<port>] [persistent-keepalive <interval seconds>] [allowed-ips <ip1>/<cidr1>[,<ip2>/<cidr2>]...] ]...';
