/**
 * Mermaid bakes colours into the SVG that it draws. It is given one marker colour for each role, and the markers are
 * then replaced by CSS variables, so that one drawing follows both themes.
 */
const roles = {
  paper: '--paper',
  box: '--raised',
  ink: '--ink',
  edge: '--edge',
  line: '--muted',
  group: '--sunk',
  hair: '--hair',
  note: '--sunk',
} as const;

const layers = ['pod', 'node', 'wire', 'service', 'rule', 'policy'] as const;

const variables = [
  ...Object.values(roles),
  ...layers.flatMap((layer) => [`--${layer}`, `--${layer}-soft`, `--${layer}-line`]),
];

const marker = (variable: string): string => {
  const byte = (variables.indexOf(variable) + 1).toString(16).padStart(2, '0');
  return `#${byte}${byte}${byte}`;
};

const { paper, box, ink, edge, line, group, hair, note } = Object.fromEntries(
  Object.entries(roles).map(([role, variable]) => [role, marker(variable)]),
) as Record<keyof typeof roles, string>;

export const themeVariables = {
  background: paper,
  primaryColor: box,
  primaryTextColor: ink,
  primaryBorderColor: edge,
  lineColor: line,
  secondaryColor: group,
  tertiaryColor: group,
  textColor: ink,
  mainBkg: box,
  nodeBorder: edge,
  clusterBkg: group,
  clusterBorder: hair,
  edgeLabelBackground: paper,
  titleColor: ink,
  nodeTextColor: ink,
  actorBkg: box,
  actorBorder: edge,
  actorTextColor: ink,
  actorLineColor: line,
  signalColor: line,
  signalTextColor: ink,
  labelBoxBkgColor: box,
  labelBoxBorderColor: edge,
  labelTextColor: ink,
  loopTextColor: ink,
  noteBkgColor: note,
  noteBorderColor: hair,
  noteTextColor: ink,
  activationBkgColor: group,
  activationBorderColor: edge,
  sequenceNumberColor: paper,
  stateBkg: box,
  stateLabelColor: ink,
  compositeBackground: paper,
  compositeTitleBackground: group,
  compositeBorder: edge,
  transitionColor: line,
  transitionLabelColor: ink,
  altBackground: group,
  labelColor: ink,
  specialStateColor: line,
  innerEndBackground: edge,
  useGradient: false,
  dropShadow: 'none',
  gradientStart: edge,
  gradientStop: edge,
};

/** Mermaid itself calls every box `node`, so the layers need a prefix that authors need not type. */
export const layerNames = (source: string): string =>
  source.replace(new RegExp(`:::(${layers.join('|')})\\b`, 'g'), ':::layer-$1');

/** Lets a flowchart say `web:::pod`: each layer is a class in its own colour. */
export const layerClasses: string = layers
  .map(
    (layer) =>
      `classDef layer-${layer} fill:${marker(`--${layer}-soft`)},stroke:${marker(`--${layer}`)},color:${marker('--ink')}`,
  )
  .join('\n');

/** Puts the variables in the markers' place. */
export function withVariables(svg: string): string {
  const name = (byte: number): string | undefined => variables[byte - 1];
  return svg
    .replace(/#([0-9a-f]{2})\1\1\b/gi, (whole, byte: string) => {
      const variable = name(Number.parseInt(byte, 16));
      return variable === undefined ? whole : `var(${variable})`;
    })
    .replace(/rgb\((\d+), ?\1, ?\1\)/g, (whole, byte: string) => {
      const variable = name(Number(byte));
      return variable === undefined ? whole : `var(${variable})`;
    });
}

/** Colours that Mermaid invented and that would not follow the theme. */
export function strayColours(svg: string): string[] {
  const found = svg.match(/#[0-9a-f]{6}\b|rgba?\(\d[^)]*\)|hsla?\(\d[^)]*\)/gi) ?? [];
  return [...new Set(found)];
}
