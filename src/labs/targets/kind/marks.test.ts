import { expect, test } from 'vitest';
import { PromptMarks } from './marks.ts';

const mark = (what: string, nonce = 'n0nce') => `\x1b]133;${what};hop=${nonce}\x07`;

test('takes the marks out, however the output is cut', () => {
  const text = `${mark('A')}hop:pods $ ${mark('B')}ls\r\n${mark('C')}\x1b[32mfile\x1b[0m\r\n${mark('A')}$ ${mark('B')}`;
  for (let size = 1; size <= text.length; size++) {
    const marks = new PromptMarks('n0nce');
    let shown = '';
    for (let at = 0; at < text.length; at += size) shown += marks.output(text.slice(at, at + size));
    expect(shown + marks.rest()).toBe('hop:pods $ ls\r\n\x1b[32mfile\x1b[0m\r\n$ ');
    expect(marks.atPrompt).toBe(true);
  }
});

test("believes no marks but the shell's own", () => {
  const marks = new PromptMarks('n0nce');
  expect(marks.output(mark('B', 'other'))).toBe(mark('B', 'other'));
  expect(marks.output('\x1b]133;B\x07')).toBe('\x1b]133;B\x07');
  expect(marks.atPrompt).toBe(false);
});

test('holds back no more than what could be a mark', () => {
  const marks = new PromptMarks('n0nce');
  expect(marks.output('text\x1b[31m')).toBe('text\x1b[31m');
  expect(marks.output('\x1b]0;a title\x07')).toBe('\x1b]0;a title\x07');
  expect(marks.output('a\x1b]13')).toBe('a');
  expect(marks.output('4;x')).toBe('\x1b]134;x');
});

test('is at the prompt while nothing is typed there', () => {
  const marks = new PromptMarks('n0nce');
  marks.output(mark('B'));
  expect(marks.atPrompt).toBe(true);
  // The terminal itself answers a question about its cursor.
  marks.input('\x1b[12;1R');
  expect(marks.atPrompt).toBe(true);
  marks.input('rm -r');
  expect(marks.atPrompt).toBe(false);
  marks.input('\x15');
  expect(marks.atPrompt).toBe(true);
  marks.input('ls\r');
  expect(marks.atPrompt).toBe(false);
  marks.output(`file\r\n${mark('A')}$ ${mark('B')}`);
  expect(marks.atPrompt).toBe(true);
});
