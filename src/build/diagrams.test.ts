import { expect, test } from 'vitest';
import { diagrams } from './diagrams.ts';

const draw = (value: string) =>
  diagrams()({ fileURL: new URL('file:///content/a.mdx'), sourceFormat: 'md' }).code({
    lang: 'mermaid',
    value,
    position: { start: { line: 7 } },
  });

test('a diagram without a text alternative fails with its file and line', async () => {
  await expect(draw('flowchart LR\n a --> b')).rejects.toThrow(
    '/content/a.mdx:7: this diagram has no text alternative',
  );
  await expect(draw('flowchart LR\n accTitle: x\n a --> b')).rejects.toThrow('accDescr');
});

test('a diagram is drawn in the colours of the theme, with its words', async () => {
  const node = await draw('flowchart LR\n accTitle: A way\n accDescr: From a to b.\n a[pod a]:::pod --> b[pod b]');
  const html = node?.type === 'html' ? node.value : '';
  expect(html).toContain('<figcaption>A way</figcaption>');
  expect(html).toContain('From a to b.</desc>');
  expect(html).toContain('var(--pod-soft)');
  expect(html).not.toMatch(/#[0-9a-f]{6}\b/i);
}, 60_000);

test('what Mermaid cannot read is told with file and line', async () => {
  await expect(draw('flowchart LR\n accTitle: x\n accDescr: y\n a --> --> b')).rejects.toThrow(
    '/content/a.mdx:7: Mermaid',
  );
});

test('other code is left alone', async () => {
  expect(await diagrams()({}).code({ lang: 'sh', value: 'ls' })).toBeUndefined();
});
