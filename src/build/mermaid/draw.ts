import { JSDOM } from 'jsdom';
import { optimize } from 'svgo';
import { textFont } from '../fonts.ts';
import { installMeasures } from './measure.ts';
import { prune } from './prune.ts';
import { layerClasses, layerNames, strayColours, themeVariables, withVariables } from './theme.ts';

type Mermaid = typeof import('mermaid').default;
let loaded: Promise<Mermaid> | undefined;

/** Mermaid expects a browser; one jsdom with measures stands in for it, loaded when the first diagram is drawn. */
async function load(): Promise<Mermaid> {
  const { window } = new JSDOM('<!doctype html><body></body>', { pretendToBeVisual: true });
  installMeasures(window, await textFont());
  const names = [
    'document',
    'DOMParser',
    'Element',
    'SVGElement',
    'HTMLElement',
    'Node',
    'MutationObserver',
    'CSSStyleSheet',
    'XMLSerializer',
    'getComputedStyle',
  ] as const;
  Object.assign(globalThis, { window });
  for (const name of names) Object.assign(globalThis, { [name]: window[name] });
  const { default: mermaid } = await import('mermaid');
  for (const name of ['window', ...names]) Reflect.deleteProperty(globalThis, name);
  browser = { window, ...Object.fromEntries(names.map((name) => [name, window[name]])) };
  mermaid.initialize({
    startOnLoad: false,
    htmlLabels: false,
    flowchart: { htmlLabels: false, curve: 'basis', padding: 12 },
    theme: 'base',
    themeVariables,
    deterministicIds: true,
    fontFamily: 'inherit',
    fontSize: 16,
  });
  return mermaid;
}

let browser: Record<string, unknown> = {};

/** Globals stand only while Mermaid draws, so that nothing else in the build takes Node for a browser. */
async function inBrowser<T>(work: () => Promise<T>): Promise<T> {
  const before = Object.fromEntries(Object.keys(browser).map((name) => [name, Reflect.get(globalThis, name)]));
  Object.assign(globalThis, browser);
  try {
    return await work();
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.assign(globalThis, { [name]: value });
    }
  }
}

/** The diagram as an SVG that follows the theme by CSS variables. Throws with Mermaid's own words on a fault. */
export async function draw(id: string, source: string): Promise<string> {
  loaded ??= load();
  const mermaid = await loaded;
  const flowchart = /^\s*(flowchart|graph)\b/m.test(source);
  const { svg } = await inBrowser(() =>
    mermaid.render(id, flowchart ? `${layerNames(source)}\n${layerClasses}` : source),
  );
  const themed = withVariables(prune(svg.replace(/ style="max-width:[^"]*"/, '')));
  const { data } = optimize(themed, {
    floatPrecision: 1,
    plugins: [
      {
        name: 'preset-default',
        params: {
          overrides: {
            cleanupIds: false,
            removeDesc: false,
            removeUnknownsAndDefaults: false,
            inlineStyles: false,
            minifyStyles: false,
            convertColors: false,
            removeHiddenElems: false,
            convertShapeToPath: false,
            collapseGroups: false,
            moveElemsAttrsToGroup: false,
            moveGroupAttrsToElems: false,
          },
        },
      },
    ],
  });
  // A half-transparent label would leave its line to run through the words.
  return sized(data).replaceAll('opacity:0.5;', '');
}

/** Its natural size, so that text is as large as the text around it; the page scrolls where that is too wide. */
function sized(svg: string): string {
  const [, width = '0', height = '0'] = /viewBox="[-\d.]+ [-\d.]+ ([\d.]+) ([\d.]+)"/.exec(svg) ?? [];
  return svg.replace(/ width="100%"/, ` width="${Math.ceil(Number(width))}" height="${Math.ceil(Number(height))}"`);
}

export { strayColours };
