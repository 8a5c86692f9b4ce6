import { expect, test } from 'vitest';
import { recorded } from './recorded.ts';

test('paints on a terminal only, and not where colours are not wanted', () => {
  expect(recorded(true).screen.paint('red', 'x')).toBe('\x1b[31mx\x1b[39m');
  expect(recorded(false).screen.paint('red', 'x')).toBe('x');
  expect(recorded(true, { NO_COLOR: '1' }).screen.paint('red', 'x')).toBe('x');
  expect(recorded(true, { NO_COLOR: '' }).screen.paint('red', 'x')).toBe('\x1b[31mx\x1b[39m');
  expect(recorded(true, { TERM: 'dumb' }).screen.paint('red', 'x')).toBe('x');
});
