/** What the build uses of packages that ship no types. */
declare module 'fontkit' {
  export interface Font {
    readonly unitsPerEm: number;
    readonly ascent: number;
    readonly descent: number;
    layout(text: string): { readonly advanceWidth: number };
  }
  export function create(data: Uint8Array): Font | { readonly fonts: readonly Font[] };
}

declare module 'subset-font' {
  export default function subset(
    font: Uint8Array,
    characters: string,
    options: {
      targetFormat: 'woff2';
      variationAxes?: Readonly<Record<string, number | { readonly min: number; readonly max: number }>>;
    },
  ): Promise<Buffer>;
}

declare module 'jsdom' {
  export type DOMWindow = Window & typeof globalThis;
  export class JSDOM {
    constructor(markup: string, options?: { contentType?: string; pretendToBeVisual?: boolean });
    readonly window: DOMWindow;
  }
}
