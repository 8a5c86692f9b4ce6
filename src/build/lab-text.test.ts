import { expect, test } from 'vitest';
import type { Lab } from '../labs/spec/lab.ts';
import { labPage } from './lab-text.ts';

function page(text: string) {
  const lab: Lab = {
    id: 'x',
    title: 'X',
    lesson: 'x',
    minutes: 5,
    situation: 'A situation.',
    changesNode: false,
    cluster: { workers: 2, cni: 'kindnet', proxy: 'iptables' },
    targets: ['page', 'kind'],
    manifests: [],
    files: [],
    steps: [{ id: 'one', title: 'One', text, checks: [], hints: ['a `hint`'], solution: 'true' }],
  };
  return labPage(lab).steps[0];
}

test('a sh block can be clicked, and keeps what its shell will fill in', () => {
  const html = page('Do it:\n\n```sh\nhop node $WORKER -- ip route | grep "10"\n```')?.text;
  expect(html).toContain('data-command="hop node $WORKER -- ip route | grep &#34;10&#34;"');
  expect(html).toContain('<button type="button"');
});

test('prose names the nodes as they are called', () => {
  expect(page('On `$WORKER2`, not $WORKER.')?.text).toBe(
    '<p>On <code>hop-lab-worker2</code>, not hop-lab-worker.</p>\n',
  );
});

test('raw HTML and other schemes are text', () => {
  const html = page('<img src=x onerror=alert(1)> and [a](javascript:alert(1)) and <b>bold</b>')?.text;
  expect(html).not.toContain('<img');
  expect(html).not.toContain('<b>');
  expect(html).not.toContain('javascript:');
});

test('hints are rendered too', () => {
  expect(page('x')?.hints).toEqual(['<p>a <code>hint</code></p>\n']);
});
