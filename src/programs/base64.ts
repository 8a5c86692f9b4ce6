import { readAll } from '../linux/process/streams.ts';
import { eachInput } from './gnu/input.ts';
import { gnu, Misuse } from './gnu/options.ts';

export const base64 = gnu(
  {
    name: 'base64',
    usage: '[OPTION]... [FILE]',
    does: 'Base64 encode or decode FILE, or standard input, to standard output.',
    options: [
      { short: 'd', long: 'decode' },
      { short: 'w', long: 'wrap', value: 'required' },
      { short: 'i', long: 'ignore-garbage' },
    ],
  },
  async (process, parsed) => {
    const wrap = parsed.value('wrap') ?? '76';
    if (!/^\d+$/.test(wrap)) throw new Misuse(`invalid wrap size: ‘${wrap}’`, { hint: false });
    if (parsed.operands.length > 1) throw new Misuse(`extra operand ‘${parsed.operands[1]}’`);
    let valid = true;
    const good = await eachInput(process, parsed.operands, async (reader) => {
      const bytes = await readAll(reader, process.signals.ended);
      if (!parsed.has('decode')) {
        const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
        const width = Number(wrap);
        await process.stdout.write(width === 0 ? text : text.replace(new RegExp(`.{1,${width}}`, 'g'), '$&\n'));
        return;
      }
      const text = new TextDecoder()
        .decode(bytes)
        .replace(parsed.has('ignore-garbage') ? /[^A-Za-z0-9+/=]/g : /\n/g, '');
      valid = /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0;
      if (valid) await process.stdout.write(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)));
      else await process.stderr.write('base64: invalid input\n');
    });
    return good && valid ? 0 : 1;
  },
);
