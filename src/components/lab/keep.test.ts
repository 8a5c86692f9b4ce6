import { expect, test } from 'vitest';
import type { LabProgress } from '../../labs/session/protocol.ts';
import { exportProgress, importProgress, Keeper, type Storage } from './keep.ts';

const progress = (lab: string, replay?: string): LabProgress => ({
  version: 1,
  lab,
  done: ['address'],
  captures: {},
  hints: {},
  ...(replay === undefined ? {} : { replay }),
});

/** Storage with room for so many characters. */
function storage(room = 1_000_000): Storage {
  const entries = new Map<string, string>();
  return {
    get length() {
      return entries.size;
    },
    key: (index) => [...entries.keys()][index] ?? null,
    getItem: (key) => entries.get(key) ?? null,
    setItem: (key, value) => {
      if (value.length > room) throw new DOMException('full', 'QuotaExceededError');
      entries.set(key, value);
    },
    removeItem: (key) => void entries.delete(key),
  };
}

const forbidden: Storage = {
  length: 0,
  key: () => null,
  getItem: () => {
    throw new DOMException('no', 'SecurityError');
  },
  setItem: () => {
    throw new DOMException('no', 'SecurityError');
  },
  removeItem: () => {},
};

test('progress and drafts are there after a reload', () => {
  const shared = storage();
  const before = new Keeper('pods', shared);
  before.keepProgress(progress('pods'));
  before.keepDraft('a.yaml', 'kind: Pod');
  const after = new Keeper('pods', shared);
  expect(after.kept).toEqual({ version: 1, progress: progress('pods'), drafts: { 'a.yaml': 'kind: Pod' } });
  after.keepDraft('a.yaml', undefined);
  expect(new Keeper('pods', shared).kept.drafts).toEqual({});
  expect(after.trouble).toBeUndefined();
});

test('full storage keeps the steps and says what it does not keep', () => {
  const small = storage(300);
  const keeper = new Keeper('pods', small);
  keeper.keepProgress(progress('pods', 'x'.repeat(500)));
  expect(keeper.trouble).toContain('Your steps are kept');
  expect(new Keeper('pods', small).kept.progress).toEqual(progress('pods'));
  const none = new Keeper('pods', storage(10));
  none.keepProgress(progress('pods'));
  expect(none.trouble).toContain('nothing of this lab can be kept');
});

test('forbidden storage is told, and does not break the lab', () => {
  const keeper = new Keeper('pods', forbidden);
  expect(keeper.trouble).toContain('does not let this site store');
  keeper.keepProgress(progress('pods'));
  expect(keeper.kept.progress).toEqual(progress('pods'));
});

test('damaged entries and other versions count as none', () => {
  const shared = storage();
  shared.setItem('hop:lab:pods', '{"version": 2, "progress": 5}');
  expect(new Keeper('pods', shared).kept).toEqual({ version: 1, drafts: {} });
  shared.setItem('hop:lab:pods', '{');
  expect(new Keeper('pods', shared).kept).toEqual({ version: 1, drafts: {} });
});

test('an export can be imported elsewhere, and other files are refused in words', () => {
  const here = storage();
  new Keeper('pods', here).keepProgress(progress('pods'));
  const file = JSON.stringify(exportProgress(here, progress('services')));
  const there = storage();
  expect(importProgress(file, there).map(({ lab }) => lab)).toEqual(['pods', 'services']);
  expect(new Keeper('services', there).kept.progress).toEqual(progress('services'));
  expect(() => importProgress('nonsense', there)).toThrow('not JSON');
  expect(() => importProgress('{"hopByHop": 2, "labs": []}', there)).toThrow('no export');
});
