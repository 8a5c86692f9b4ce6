import { expect, test } from 'vitest';
import { misfit, outputsIn } from './outputs.ts';

const lesson = `
Text. <Output lab="pods" run="kubectl get pods" />

<Output lab="pods" run='echo "one"' />
`;

test('finds the commands of a lesson in their order, with the lab they run on', () => {
  expect(outputsIn('content/1-pods/addresses.mdx', lesson)).toEqual({
    lesson: 'addresses',
    lab: 'pods',
    commands: ['kubectl get pods', 'echo "one"'],
  });
  expect(outputsIn('content/a.mdx', 'no outputs here')).toBeUndefined();
});

test.each([
  ['a command without a lab', '\n<Output run="ls" />', 'x.mdx:2: <Output> needs lab="..."'],
  ['an expression', '<Output lab="pods" run={command} />', 'x.mdx:1: <Output> needs run="..."'],
  ['two labs', '<Output lab="a" run="ls" />\n<Output lab="b" run="pwd" />', 'x.mdx:2: <Output lab="b">'],
  ['the same command twice', '<Output lab="a" run="ls" />\n<Output lab="a" run="ls" />', 'x.mdx:2: <Output run="ls">'],
])('refuses %s, with file and line', (_, source, message) => {
  expect(() => outputsIn('x.mdx', source)).toThrow(message);
});

test('says how a record does not fit its lesson', () => {
  const outputs = { lesson: 'x', lab: 'pods', commands: ['a', 'b'] };
  const record = (lab: string, ...runs: string[]) => ({ lab, commands: runs.map((run) => ({ run, output: '' })) });
  expect(misfit(outputs, record('pods', 'a', 'b'))).toBeUndefined();
  expect(misfit(outputs, record('other', 'a', 'b'))).toContain('recorded on lab "other"');
  expect(misfit(outputs, record('pods', 'a'))).toContain('no output of "b"');
  expect(misfit(outputs, record('pods', 'a', 'b', 'c'))).toContain('"c", which the lesson no longer shows');
  expect(misfit(outputs, record('pods', 'b', 'a'))).toContain('another order, from "a" on');
});
