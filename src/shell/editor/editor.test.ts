import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Emulator } from '../../linux/tty/emulator.fixture.ts';
import { KeyDecoder } from './keys.ts';
import { Line } from './line.ts';
import { placeAfter, Screen } from './screen.ts';

test('an escape sequence may come in pieces', () => {
  const decoder = new KeyDecoder();
  expect(decoder.decode('a\x1b')).toEqual([{ kind: 'text', text: 'a' }]);
  expect(decoder.decode('[')).toEqual([]);
  expect(decoder.decode('Ab')).toEqual([
    { kind: 'key', name: 'up' },
    { kind: 'text', text: 'b' },
  ]);
  expect(decoder.decode('\x1b[200~x\r\ny')).toEqual([]);
  expect(decoder.decode('\x1b[201~')).toEqual([{ kind: 'paste', text: 'x\ny' }]);
  expect(decoder.decode('\x1bb\x1b\x7f\x01')).toEqual([
    { kind: 'key', name: 'alt-b' },
    { kind: 'key', name: 'alt-backspace' },
    { kind: 'key', name: 'ctrl-a' },
  ]);
});

test('a key that is not known does nothing', () => {
  expect(new KeyDecoder().decode('\x1b[15~\x1b[?1;2c')).toEqual([]);
});

test('the place after a text counts wraps, wide characters, newlines and no colours', () => {
  expect(placeAfter('\x1b[1mab\x1b[0m', 10)).toEqual({ row: 0, column: 2 });
  expect(placeAfter('0123456789', 10)).toEqual({ row: 1, column: 0 });
  expect(placeAfter('012345678日', 10)).toEqual({ row: 1, column: 2 });
  expect(placeAfter('a\nbc', 10)).toEqual({ row: 1, column: 2 });
});

const KEYS =
  'left right home end word-left word-right backspace delete ctrl-k ctrl-u ctrl-w ctrl-y ctrl-t alt-d alt-backspace'.split(
    ' ',
  );

test('whatever is typed, the screen shows the prompt and the line, with the cursor in its place', () => {
  const step = fc.oneof(
    fc.constantFrom(...KEYS),
    fc.constantFrom('text:a', 'text:bc d', 'text:日', 'text:é', 'text:x\ny', 'text:longer words '),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), fc.integer({ min: 5, max: 20 }), (steps, columns) => {
      const line = new Line();
      const screen = new Screen();
      const emulator = new Emulator(columns);
      const write = (text: string) => emulator.write(text.replaceAll('\n', '\r\n'));
      write(screen.start('$ ', columns));
      for (const one of steps) {
        if (one.startsWith('text:')) line.insert(one.slice(5));
        else line.key(one);
        write(screen.update(line.text, line.before));
      }
      const fresh = new Emulator(columns);
      fresh.write(`$ ${line.text}`.replaceAll('\n', '\r\n'));
      expect(emulator.screen).toEqual(fresh.screen);
      const place = placeAfter(`$ ${line.before}`, columns);
      expect([emulator.row, emulator.column]).toEqual([place.row, place.column]);
    }),
    { numRuns: 300 },
  );
});
