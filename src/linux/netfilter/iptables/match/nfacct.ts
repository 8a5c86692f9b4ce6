import { packetLength } from '../../../packet/size.ts';
import { accountsOf } from '../../nfacct.ts';
import { match, option } from '../extension.ts';
import { text } from '../kind.ts';

/** NFACCT_NAME_MAX without its final zero. */
const LENGTH = 31;

export const nfacct = match({
  name: 'nfacct',
  summary: 'counts the packet in a named accounting object, and matches always',
  leavesOut: 'quotas; the objects themselves are made by kube-proxy alone',
  options: { 'nfacct-name': option(text(LENGTH), { required: true }) },
  // With two blanks, as xt_nfacct's print has it.
  save: (values) => ` --nfacct-name  ${values['nfacct-name']?.value}`,
  list: (values) => `nfacct-name  ${values['nfacct-name']?.value}`,
  refused: (values, _head, { stack }) =>
    accountsOf(stack).get(values['nfacct-name']?.value ?? '') === undefined && 'No such file or directory',
  compile(values, { stack }) {
    const account = accountsOf(stack).get(values['nfacct-name']?.value ?? '');
    return ({ packet }) => {
      if (account !== undefined) {
        account.packets++;
        account.bytes += packetLength(packet);
      }
      return true;
    };
  },
});
