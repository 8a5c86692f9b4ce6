import { kubernetesVersion } from '../kubernetes/version.ts';
import type { Command } from './command.ts';
import { CommandError, unsupported } from './errors.ts';
import { formatValue } from './output/print.ts';

export const version: Command = {
  name: 'version',
  summary: 'Print the client and server version information',
  usage: 'version [flags] [options]',
  argument: 'none',
  flags: [
    { name: 'client', type: 'bool', default: 'false', help: "The client's version alone." },
    { name: 'output', short: 'o', type: 'string', default: '', help: "One of 'yaml' or 'json'." },
  ],
  lacking: [],
  run: async ({ session, flags, args }) => {
    if (args.length > 0) throw new CommandError(`extra arguments: [${args.join(' ')}]`);
    const [major, minor] = kubernetesVersion.split('.') as [string, string];
    const gitVersion = `v${kubernetesVersion}`;
    const output = flags.text('output');
    if (output === '') {
      await session.out(`Client Version: ${gitVersion}\n`);
      if (!flags.bool('client')) await session.out(`Server Version: ${gitVersion}\n`);
      return 0;
    }
    if (output !== 'json' && output !== 'yaml') throw new CommandError("--output must be 'yaml' or 'json'");
    if (output === 'json') throw unsupported('version -o json (use -o yaml)');
    const release = { gitVersion, major, minor };
    await session.out(
      formatValue(
        { kind: output },
        { clientVersion: release, ...(flags.bool('client') ? {} : { serverVersion: release }) },
      ),
    );
    return 0;
  },
};
