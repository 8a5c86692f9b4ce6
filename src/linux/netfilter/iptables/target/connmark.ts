import { conntrackOf } from '../../conntrack/conntrack.ts';
import { type AnyValues, option, target } from '../extension.ts';
import { flag, hex, type Kind } from '../kind.ts';
import { parseNumber } from '../names.ts';
import { Problem } from '../problem.ts';
import {
  operate,
  operationNames,
  operationOf,
  operationOptions,
  operationText,
  translateOperation,
} from './mark-operation.ts';

const mask: Kind<number> = {
  argument: true,
  parse(value, extension, name) {
    const found = parseNumber(value, 0xffffffff);
    if (found !== undefined) return found;
    throw new Problem(`${extension}: bad value for option "--${name}", or out of range (0-4294967295).\n`);
  },
  save: hex,
};
const ALL = 0xffffffff;

function masks(values: AnyValues): { readonly ct: number; readonly nf: number } {
  const given = (name: string) => values[name]?.value as number | undefined;
  return { ct: given('mask') ?? given('ctmask') ?? ALL, nf: given('mask') ?? given('nfmask') ?? ALL };
}

export const connmark = target({
  name: 'CONNMARK',
  summary: "changes the connection's mark, or copies it from or to the packet's",
  options: {
    ...operationOptions(['save-mark', 'restore-mark']),
    'save-mark': option(flag, { excludes: [...operationNames, 'restore-mark'] }),
    'restore-mark': option(flag, { excludes: [...operationNames, 'save-mark'] }),
    nfmask: option(mask, { excludes: ['mask'] }),
    ctmask: option(mask, { excludes: ['mask'] }),
    mask: option(mask, { excludes: ['nfmask', 'ctmask'] }),
  },
  settle(values) {
    const { 'save-mark': save, 'restore-mark': restore } = values;
    const operation = operationOf(values);
    const { ct, nf } = masks(values);
    if (operation !== undefined) return { 'set-xmark': { value: operation, inverted: false } };
    if (save === undefined && restore === undefined) throw new Problem('CONNMARK target: No operation specified');
    return {
      ...(save !== undefined && { 'save-mark': save }),
      ...(restore !== undefined && { 'restore-mark': restore }),
      nfmask: { value: nf, inverted: false },
      ctmask: { value: ct, inverted: false },
    };
  },
  list(values) {
    const operation = operationOf(values);
    if (operation !== undefined) return `CONNMARK ${operationText(operation)}`;
    const { ct, nf } = masks(values);
    const saves = values['save-mark'] !== undefined;
    const text = `CONNMARK ${saves ? 'save' : 'restore'}`;
    if (ct === ALL && nf === ALL) return text;
    if (ct === nf) return `${text} mask ${hex(ct)}`;
    return saves ? `${text} nfmask ${hex(nf)} ctmask ~${hex(ct)}` : `${text} ctmask ${hex(ct)} nfmask ~${hex(nf)}`;
  },
  translate(values) {
    const operation = operationOf(values);
    if (operation !== undefined) {
      // A blank ends it where it sets the whole mark, which shows where a comment follows.
      return `ct mark set ${translateOperation(operation, 'ct mark')}${operation.mask === ALL ? ' ' : ''}`;
    }
    const { ct, nf } = masks(values);
    if (ct !== nf) return undefined;
    const mask = ct === ALL ? '' : ` and ${hex(ct)}`;
    return values['save-mark'] === undefined ? `meta mark set ct mark${mask}` : `ct mark set mark${mask}`;
  },
  compile(values, { stack }) {
    const tracking = conntrackOf(stack);
    const operation = operationOf(values);
    const { ct, nf } = masks(values);
    const saves = values['save-mark'] !== undefined;
    return ({ skb }) => {
      const { connection } = skb;
      if (connection === undefined || connection.state === 'untracked') return undefined;
      const { entry } = connection;
      if (operation === undefined && !saves) {
        skb.mark = ((skb.mark & ~nf) ^ (entry.mark & ct)) >>> 0;
        return undefined;
      }
      const mark =
        operation === undefined ? ((entry.mark & ~ct) ^ (skb.mark & nf)) >>> 0 : operate(operation, entry.mark);
      if (mark !== entry.mark) tracking.setMark(entry, mark);
      return undefined;
    };
  },
});
