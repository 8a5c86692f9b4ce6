import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { satteri } from '@astrojs/markdown-satteri';
import preact from '@astrojs/preact';
import starlight from '@astrojs/starlight';
import { defineConfig } from 'astro/config';
import { parse } from 'yaml';
import { baseLinks } from './src/build/base-links.ts';
import { diagrams } from './src/build/diagrams.ts';
import { fonts } from './src/build/fonts.ts';
import { labs } from './src/build/labs.ts';
import { links } from './src/build/links.ts';
import { searchIndex } from './src/build/search-index.ts';

const base = process.env.HOP_BASE ?? '/';
const site = process.env.HOP_SITE;

/** Reading order (previous, next) is the order of `content/course.yaml`. */
const { modules } = parse(readFileSync(new URL('./content/course.yaml', import.meta.url), 'utf8'));
const sidebar = [
  ...modules
    .filter((module) => module.lessons.length > 0)
    .map((module) => ({ label: module.title, items: module.lessons.map((lesson) => ({ slug: lesson })) })),
  { label: 'Reference', items: [{ slug: 'reference/modelled' }] },
];

const own = (name) => `./src/components/starlight/${name}.astro`;

export default defineConfig({
  ...(site === undefined ? {} : { site }),
  base,
  outDir: './dist/site',
  cacheDir: './.cache/astro',
  trailingSlash: 'always',
  // The default drops line breaks between words and elements, as JSX does.
  compressHTML: true,
  build: { inlineStylesheets: 'never' },
  // Prefetching would cost every lesson a script; pages are small enough without.
  prefetch: false,
  devToolbar: { enabled: false },
  markdown: {
    processor: satteri({ mdastPlugins: [diagrams()], hastPlugins: [baseLinks(base)] }),
    shikiConfig: { theme: 'css-variables' },
  },
  integrations: [
    fonts(),
    labs(),
    starlight({
      title: 'Hop by Hop',
      description: 'A course on Kubernetes networking that you can see inside.',
      favicon: '/favicon.svg',
      disable404Route: true,
      pagefind: false,
      credits: false,
      expressiveCode: false,
      markdown: { headingLinks: false },
      customCss: ['./src/styles/site.css', './src/styles/starlight.css', './src/styles/prose.css'],
      sidebar,
      components: {
        Head: own('Head'),
        ThemeProvider: own('ThemeProvider'),
        SkipLink: own('SkipLink'),
        PageFrame: own('PageFrame'),
        Header: own('Header'),
        Sidebar: own('Sidebar'),
        PageSidebar: own('PageSidebar'),
        TwoColumnContent: own('TwoColumnContent'),
        ContentPanel: own('ContentPanel'),
        PageTitle: own('PageTitle'),
        MarkdownContent: own('MarkdownContent'),
        Footer: own('Footer'),
      },
    }),
    preact(),
    searchIndex(),
    links(base),
  ],
  vite: {
    // Lessons import their components as `@lesson/Quiz.astro`.
    resolve: { alias: { '@lesson': fileURLToPath(new URL('./src/components/lesson', import.meta.url)) } },
    // A script in a file of its own needs no hash in the Content-Security-Policy.
    build: { assetsInlineLimit: 0 },
    worker: {
      format: 'es',
      rolldownOptions: {
        // A cluster and all it needs in one file: pieces that import each other would come one after the other.
        output: { codeSplitting: { groups: [{ name: 'session', test: /targets\/page\/session\.ts$/ }] } },
      },
    },
  },
});
