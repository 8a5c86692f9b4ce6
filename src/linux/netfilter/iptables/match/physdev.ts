import { match, option } from '../extension.ts';
import { nameMatches } from '../interface-name.ts';
import { flag, type Kind } from '../kind.ts';
import { Problem } from '../problem.ts';

const device: Kind<string> = {
  argument: true,
  parse(value) {
    if (value.length <= 15) return value;
    throw new Problem(`interface name \`${value}' must be shorter than IFNAMSIZ (15)`);
  },
  save: (value) => value,
};

export const physdev = match({
  name: 'physdev',
  summary: 'the bridge ports that a bridged packet crosses',
  options: {
    'physdev-is-in': option(flag, { invert: true }),
    'physdev-in': option(device, { invert: true }),
    'physdev-is-out': option(flag, { invert: true }),
    'physdev-out': option(device, { invert: true }),
    'physdev-is-bridged': option(flag, { invert: true }),
  },
  settle(values) {
    if (Object.keys(values).length === 0) throw new Problem('PHYSDEV: no physdev option specified');
    return values;
  },
  list(values) {
    let text = 'PHYSDEV match';
    for (const name of ['is-in', 'in', 'is-out', 'out', 'is-bridged'] as const) {
      const given = values[`physdev-${name}`];
      if (given === undefined) continue;
      text += `${given.inverted ? ' !' : ''} --physdev-${name}${given.value === true ? '' : ` ${given.value}`}`;
    }
    return text;
  },
  notAt: ({ 'physdev-out': out, 'physdev-is-out': isOut, 'physdev-is-bridged': bridged }) =>
    (out !== undefined || (isOut !== undefined && !isOut.inverted)) && bridged === undefined ? ['output'] : [],
  compile(values) {
    const { 'physdev-in': input, 'physdev-out': output } = values;
    const { 'physdev-is-in': isIn, 'physdev-is-out': isOut, 'physdev-is-bridged': isBridged } = values;
    return ({ bridge }) => {
      const out = bridge?.out;
      if (isBridged !== undefined && (bridge !== undefined && out !== undefined) === isBridged.inverted) return false;
      if (isIn !== undefined && (bridge !== undefined) === isIn.inverted) return false;
      if (isOut !== undefined && (out !== undefined) === isOut.inverted) return false;
      if (input !== undefined && nameMatches(input.value, bridge?.in.name) === input.inverted) return false;
      return output === undefined || nameMatches(output.value, out?.name) !== output.inverted;
    };
  },
});
