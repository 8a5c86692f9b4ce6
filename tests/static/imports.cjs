/**
 * The house: a room may import what stands below it, never what stands above; no circles. Adding a room means
 * adding one line to `below`.
 */
const below = {
  simulation: [],
  linux: ['simulation'],
  shell: ['linux', 'simulation'],
  programs: ['linux', 'simulation'],
  kubernetes: ['programs', 'linux', 'simulation'],
  kubectl: ['kubernetes', 'shell', 'linux', 'simulation'],
  cluster: ['kubectl', 'kubernetes', 'programs', 'shell', 'linux', 'simulation'],
  walk: ['linux', 'simulation'],
  labs: ['cluster', 'kubectl', 'kubernetes', 'programs', 'shell', 'linux', 'simulation'],
  companion: ['labs', 'kubernetes', 'simulation'],
  cli: ['companion', 'labs', 'cluster', 'kubectl', 'kubernetes', 'programs', 'shell', 'linux', 'simulation'],
  build: ['labs', 'walk', 'cluster', 'kubernetes', 'programs', 'linux', 'simulation'],
  components: ['build', 'companion', 'walk', 'labs', 'kubernetes', 'styles'],
  layouts: ['components', 'build', 'styles'],
  pages: ['layouts', 'components', 'build', 'labs', 'walk', 'styles'],
};

/** Inside a room, too, some stand above others. */
const inside = [
  ['linux/packet', ['linux/(device|ip|socket|process|files|tty|tap)']],
  ['linux/files', ['linux/(device|ip|socket|process|tty)']],
  ['kubernetes/api', ['kubernetes/(client|controllers|scheduler|kubelet|runtime|cni|images)']],
  ['kubernetes/client', ['kubernetes/(controllers|scheduler|kubelet|runtime|cni|images)']],
  ['kubernetes/controllers', ['kubernetes/(kubelet|runtime|cni|images|scheduler)']],
];

module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    ...Object.entries(below).map(([room, rooms]) => ({
      name: `${room}-imports-only-downwards`,
      severity: 'error',
      from: { path: `^src/${room}/`, pathNot: '[.](test|bench|fixture)[.]tsx?$' },
      to: { path: '^src/[^/]+/', pathNot: `^src/(${[room, ...rooms].join('|')})/` },
    })),
    ...inside.map(([room, above]) => ({
      name: `${room.replace('/', '-')}-stands-below`,
      severity: 'error',
      from: { path: `^src/${room}/`, pathNot: '[.](test|bench|fixture)[.]ts$' },
      to: { path: above.map((folder) => `^src/${folder}/`).join('|'), dependencyTypesNot: ['type-only'] },
    })),
    {
      name: 'pure-rooms-use-no-node',
      severity: 'error',
      from: {
        path: '^src/(simulation|linux|shell|programs|kubernetes|kubectl|cluster|walk/(story|layout)|labs/(spec|check|session|progress|targets/page))/',
        pathNot: '([.](test|bench|fixture)[.]ts$|kubernetes/schema/generate[.]mjs$)',
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-attic',
      severity: 'error',
      from: {},
      to: { path: '/(utils?|helpers?|common|misc|manager)(/|[.]ts$)', pathNot: 'node_modules' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.mjs', '.js', '.json', '.astro'] },
  },
};
