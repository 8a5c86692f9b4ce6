import { IpError, notModelled } from './arguments.ts';
import { type IpCommand, print } from './context.ts';

/** ip-rule(8): the rules that every namespace starts with; others are not modelled. */
export const rule: IpCommand = async (context) => {
  const { args } = context;
  if (args.more && !args.take('show', 'list', 'lst', 's', 'l')) {
    const word = args.next();
    if (word === 'help') throw new IpError('Usage: ip rule [ list ]', 255);
    throw notModelled(`"ip rule ${word}"`);
  }
  await print(context, [
    '0:\tfrom all lookup local',
    '32766:\tfrom all lookup main',
    '32767:\tfrom all lookup default',
  ]);
  return 0;
};
