import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import * as fontkit from 'fontkit';
import subset from 'subset-font';

/**
 * Ships two typefaces (Atkinson Hyperlegible Next and Mono, OFL): drawn so that 0 and O, 1, l and I differ, which
 * is what addresses and names need. The packages' files would be most of a page's byte budget, so pages load a cut
 * of the characters that English and commands use (weights 400 to 700; 400 alone for italics, which are a few words);
 * the whole file stands behind it for any other character, through `unicode-range`. The CSS and the files are made here, and found by Vite as `@fonts/`.
 */
const folder = new URL('../../.cache/fonts/', import.meta.url);
const require = createRequire(import.meta.url);

const characters = `${Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join('')}\u00a0‘’“”–—…·×→←↑↓−✓`;
const common = 'U+20-7E, U+A0, U+B7, U+D7, U+2013-2014, U+2018-2019, U+201C-201D, U+2026, U+2190-2193, U+2212, U+2713';

const faces = [
  { family: 'Hop Text', file: 'text', name: 'next', style: 'normal', fallback: 'Arial', fallbackWidth: 0.4414 },
  { family: 'Hop Text', file: 'text-italic', name: 'next', style: 'italic' },
  { family: 'Hop Mono', file: 'mono', name: 'mono', style: 'normal', fallback: 'Courier New', fallbackWidth: 0.6001 },
] as const;

const source = (name: string, style: string) =>
  require.resolve(
    `@fontsource-variable/atkinson-hyperlegible-${name}/files/atkinson-hyperlegible-${name}-latin-wght-${style}.woff2`,
  );

export function fonts(): AstroIntegration {
  return {
    name: 'hop-fonts',
    hooks: {
      'astro:config:setup': async ({ updateConfig }) => {
        await makeFonts();
        updateConfig({ vite: { resolve: { alias: { '@fonts': fileURLToPath(folder) } } } });
      },
    },
  };
}

/** Path of the text face as it is shipped, for measuring diagrams. */
export async function textFont(): Promise<Buffer> {
  return readFile(source('next', 'normal'));
}

async function makeFonts(): Promise<void> {
  await mkdir(folder, { recursive: true });
  const rules: string[] = [];
  for (const face of faces) {
    const whole = await readFile(source(face.name, face.style));
    const italic = face.style === 'italic';
    const wght = italic ? 400 : { min: 400, max: 700 };
    const key = createHash('sha256').update(whole).update(characters).update(JSON.stringify(wght)).digest('hex');
    const stamp = new URL(`${face.file}.${key.slice(0, 12)}`, folder);
    if (!existsSync(stamp)) {
      const cut = await subset(whole, characters, {
        targetFormat: 'woff2',
        variationAxes: { wght },
      });
      await writeFile(new URL(`${face.file}.woff2`, folder), cut);
      await writeFile(new URL(`${face.file}-whole.woff2`, folder), whole);
      await writeFile(stamp, '');
    }
    const rule = (file: string, range: string) =>
      `@font-face{font-family:'${face.family}';font-style:${face.style};font-weight:${italic ? '400' : '400 700'};font-display:swap;` +
      `src:url('./${file}.woff2') format('woff2');unicode-range:${range}}`;
    rules.push(rule(face.file, common), rule(`${face.file}-whole`, 'U+A1-B6, U+B8-D6, U+D8-2FF, U+2070-218F'));
    if ('fallback' in face) rules.push(fallback(face.family, face.fallback, face.fallbackWidth, whole));
  }
  const css = rules.join('\n');
  const target = new URL('fonts.css', folder);
  if (!existsSync(target) || (await readFile(target, 'utf8')) !== css) await writeFile(target, css);
}

/** A local face stretched to the shipped one's measures, so that nothing moves when the font arrives. */
function fallback(family: string, local: string, localWidth: number, whole: Buffer): string {
  const font = fontkit.create(whole);
  if (!('unitsPerEm' in font)) throw new Error(`${family}: expected a single font, found a collection`);
  const sample = 'the quick brown fox jumps over the lazy dog and every pod has an address';
  const width = font.layout(sample).advanceWidth / sample.length / font.unitsPerEm;
  const scale = width / localWidth;
  const percent = (value: number) => `${((value / font.unitsPerEm / scale) * 100).toFixed(1)}%`;
  return (
    `@font-face{font-family:'${family} Fallback';src:local('${local}');size-adjust:${(scale * 100).toFixed(1)}%;` +
    `ascent-override:${percent(font.ascent)};descent-override:${percent(-font.descent)};line-gap-override:0%}`
  );
}
