import { expect, test } from 'vitest';
import { programs } from './index.ts';
import { networkTools } from './network-tools.ts';

/** The tools of files, texts and processes, which are described together. */
const OTHERS =
  '[ awk base64 basename cat chmod clear cp cut date diff dirname echo edit env false find grep head hostname id kill ln ls mkdir mv nano printenv printf ps pwd reset rm rmdir sed seq sleep sort stat tail tee test timeout touch tr true uname uniq vi vim watch wc which whoami xargs yes'.split(
    ' ',
  );
/** The learner's own machine has it, and no other. */
const ELSEWHERE = ['hop'];

test('each network tool of the terminal is described for the reference, and no other', () => {
  const described = networkTools.map(({ name }) => name);
  expect(described).toEqual(described.toSorted());
  const expected = Object.keys(programs).filter((name) => !OTHERS.includes(name));
  expect(described.filter((name) => !ELSEWHERE.includes(name))).toEqual(expected.toSorted());
});
