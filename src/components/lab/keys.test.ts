import { expect, test } from 'vitest';
import { keysOf } from './keys.ts';

function keyboard(screen: 'normal' | 'alternate' = 'normal') {
  const sent: string[] = [];
  const handle = keysOf(
    {
      hasSelection: () => false,
      getSelection: () => '',
      clearSelection: () => {},
      buffer: { active: { type: screen } },
    },
    (data) => sent.push(data),
  );
  const press = (key: string, more: Partial<KeyboardEvent> = {}) =>
    handle({ type: 'keydown', key, ctrlKey: false, altKey: false, metaKey: false, ...more } as KeyboardEvent);
  return { press, sent };
}

test('Tab alone is the shell’s, Esc then Tab is the page’s', () => {
  const { press, sent } = keyboard();
  expect(press('Tab')).toBe(true);
  expect(press('Escape')).toBe(false);
  expect(press('Tab')).toBe(false);
  expect(sent).toEqual([]);
  expect(press('Tab')).toBe(true);
});

test('Esc then Shift-Tab leaves backwards', () => {
  const { press } = keyboard();
  press('Escape');
  press('Shift');
  expect(press('Tab')).toBe(false);
});

test('Esc before any other key reaches the shell, ahead of that key', () => {
  const { press, sent } = keyboard();
  press('Escape');
  expect(press('b')).toBe(true);
  expect(sent).toEqual(['\u001b']);
});

test('full-screen programs get Esc at once', () => {
  const { press, sent } = keyboard('alternate');
  expect(press('Escape')).toBe(true);
  press(':');
  expect(sent).toEqual([]);
});

test('Ctrl-C without a selection interrupts; Ctrl-V is left to the browser’s paste', () => {
  const { press } = keyboard();
  expect(press('c', { ctrlKey: true })).toBe(true);
  expect(press('v', { ctrlKey: true })).toBe(false);
});
