import * as fontkit from 'fontkit';
import type { DOMWindow } from 'jsdom';

/** Gives jsdom the text and box measures that Mermaid asks a browser for, from the typeface that the site ships. */
interface Box {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

const size = 16;

export function installMeasures(window: DOMWindow, typeface: Buffer): void {
  const font = fontkit.create(typeface);
  if (!('unitsPerEm' in font)) throw new Error('expected a single font, found a collection');
  const widths = new Map<string, number>();
  const width = (text: string, fontSize: number): number => {
    let known = widths.get(text);
    if (known === undefined) widths.set(text, (known = font.layout(text).advanceWidth / font.unitsPerEm));
    return known * fontSize;
  };
  const boxOf = boxes(width);
  const rect = (element: Element) => {
    const box = boxOf(element) ?? { x0: 0, y0: 0, x1: 0, y1: 0 };
    return { x: box.x0, y: box.y0, width: box.x1 - box.x0, height: box.y1 - box.y0 };
  };
  Object.assign(window.SVGElement.prototype, {
    getBBox(this: Element) {
      return rect(this);
    },
    getComputedTextLength(this: Element) {
      return width(this.textContent ?? '', fontSizeOf(this));
    },
  });
  Object.assign(window.Element.prototype, {
    getBoundingClientRect(this: Element) {
      const { x, y, width: w, height } = rect(this);
      return { x, y, width: w, height, left: x, top: y, right: x + w, bottom: y + height };
    },
  });
}

function fontSizeOf(element: Element): number {
  for (let at: Element | null = element; at !== null; at = at.parentElement) {
    const styled = /font-size:\s*([\d.]+)px/.exec(at.getAttribute('style') ?? '')?.[1] ?? at.getAttribute('font-size');
    if (styled !== null && styled !== undefined) return Number.parseFloat(styled);
  }
  return size;
}

const number = (element: Element, name: string): number => {
  const value = Number.parseFloat(element.getAttribute(name) ?? '');
  return Number.isFinite(value) ? value : 0;
};

const length = (element: Element, name: string, fontSize: number): number => {
  const value = element.getAttribute(name) ?? '';
  return (Number.parseFloat(value) || 0) * (value.endsWith('em') ? fontSize : 1);
};

const union = (a: Box | undefined, b: Box | undefined): Box | undefined =>
  a === undefined || b === undefined
    ? (a ?? b)
    : { x0: Math.min(a.x0, b.x0), y0: Math.min(a.y0, b.y0), x1: Math.max(a.x1, b.x1), y1: Math.max(a.y1, b.y1) };

const pointsBox = (points: readonly (readonly [number, number])[]): Box | undefined =>
  points.reduce<Box | undefined>((box, [x, y]) => union(box, { x0: x, y0: y, x1: x, y1: y }), undefined);

/** Mermaid centres labels by CSS, which jsdom does not apply to `text-anchor`. */
const centred = '.node .label,.edgeLabel,.edgeLabels,.cluster-label,.statediagram-state .label';

function boxes(width: (text: string, fontSize: number) => number): (element: Element) => Box | undefined {
  const anchorOf = (element: Element): string => {
    if (element.closest(centred) !== null) return 'middle';
    for (let at: Element | null = element; at !== null; at = at.parentElement) {
      const anchor = /text-anchor:\s*(\w+)/.exec(at.getAttribute('style') ?? '')?.[1] ?? at.getAttribute('text-anchor');
      if (anchor !== null && anchor !== undefined) return anchor;
    }
    return 'start';
  };
  const line = (text: string, x: number, y: number, element: Element, fontSize: number): Box => {
    const w = width(text, fontSize);
    const anchor = anchorOf(element);
    const left = x - (anchor === 'middle' ? w / 2 : anchor === 'end' ? w : 0);
    return { x0: left, x1: left + w, y0: y - fontSize * 0.9, y1: y + fontSize * 0.25 };
  };
  const textBox = (element: Element): Box | undefined => {
    const fontSize = fontSizeOf(element);
    let y = length(element, 'y', fontSize) + length(element, 'dy', fontSize);
    const spans = [...element.children].filter((child) => child.tagName === 'tspan');
    if (spans.length === 0) return line(element.textContent ?? '', number(element, 'x'), y, element, fontSize);
    let box: Box | undefined;
    for (const span of spans) {
      if (span.hasAttribute('y')) y = length(span, 'y', fontSize);
      y += length(span, 'dy', fontSize);
      const x = span.hasAttribute('x') ? number(span, 'x') : number(element, 'x');
      box = union(box, line(span.textContent ?? '', x, y, span, fontSize));
    }
    return box;
  };
  const shapes: Readonly<Record<string, (element: Element) => Box | undefined>> = {
    text: textBox,
    tspan: (e) => {
      const fontSize = fontSizeOf(e);
      return {
        x0: number(e, 'x'),
        x1: number(e, 'x') + width(e.textContent ?? '', fontSize),
        y0: 0,
        y1: fontSize * 1.15,
      };
    },
    circle: (e) => around(e, number(e, 'r'), number(e, 'r')),
    ellipse: (e) => around(e, number(e, 'rx'), number(e, 'ry')),
    line: (e) =>
      pointsBox([
        [number(e, 'x1'), number(e, 'y1')],
        [number(e, 'x2'), number(e, 'y2')],
      ]),
    polygon: (e) => pointsBox(pairs(e.getAttribute('points') ?? '')),
    polyline: (e) => pointsBox(pairs(e.getAttribute('points') ?? '')),
    path: (e) => pathBox(e.getAttribute('d') ?? ''),
  };
  for (const framed of ['rect', 'image', 'foreignObject', 'use']) Object.assign(shapes, { [framed]: frame });
  for (const unseen of ['defs', 'marker', 'style', 'title', 'desc', 'clipPath'])
    Object.assign(shapes, { [unseen]: () => undefined });

  const boxOf = (element: Element): Box | undefined => {
    const shape = shapes[element.tagName];
    if (shape !== undefined) return shape(element);
    let box: Box | undefined;
    for (const child of element.children) {
      const inner = boxOf(child);
      const moved = /translate\(\s*(-?[\d.e]+)(?:[ ,]+(-?[\d.e]+))?/.exec(child.getAttribute('transform') ?? '');
      const [dx, dy] = [Number(moved?.[1] ?? 0), Number(moved?.[2] ?? 0)];
      if (inner === undefined) continue;
      box = union(box, { x0: inner.x0 + dx, x1: inner.x1 + dx, y0: inner.y0 + dy, y1: inner.y1 + dy });
    }
    return box;
  };
  return boxOf;
}

const around = (e: Element, rx: number, ry: number): Box => {
  const [x, y] = [number(e, 'cx'), number(e, 'cy')];
  return { x0: x - rx, x1: x + rx, y0: y - ry, y1: y + ry };
};

const frame = (e: Element): Box => {
  const [x, y] = [number(e, 'x'), number(e, 'y')];
  return { x0: x, y0: y, x1: x + number(e, 'width'), y1: y + number(e, 'height') };
};

function pairs(points: string): [number, number][] {
  const values = (points.match(/-?[\d.]+(?:e-?\d+)?/g) ?? []).map(Number);
  return Array.from({ length: values.length >> 1 }, (_, i) => [values[2 * i] ?? 0, values[2 * i + 1] ?? 0]);
}

/** How many numbers each path command takes; the last two are where it ends. Control points are left out. */
const strides: Readonly<Record<string, number>> = { m: 2, l: 2, t: 2, c: 6, s: 4, q: 4, a: 7, h: 1, v: 1 };

function pathBox(d: string): Box | undefined {
  let [x, y] = [0, 0];
  const points: [number, number][] = [];
  for (const [, command = '', rest = ''] of d.matchAll(/([a-zA-Z])([^a-zA-Z]*)/g)) {
    const numbers = (rest.match(/-?\d*\.?\d+(?:e[-+]?\d+)?/gi) ?? []).map(Number);
    const kind = command.toLowerCase();
    const stride = strides[kind];
    if (stride === undefined) continue;
    const [fromX, fromY] = command === kind ? [() => x, () => y] : [() => 0, () => 0];
    for (let i = 0; i + stride <= numbers.length; i += stride) {
      const end = numbers[i + stride - 1] ?? 0;
      if (kind === 'h') x = fromX() + end;
      else if (kind === 'v') y = fromY() + end;
      else [x, y] = [fromX() + (numbers[i + stride - 2] ?? 0), fromY() + end];
      points.push([x, y]);
    }
  }
  return pointsBox(points);
}
