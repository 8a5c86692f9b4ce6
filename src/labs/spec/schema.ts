import { checkShape } from './schema-check.ts';
import type { RecordShape, Value } from './shape.ts';

/** A name that serves as id in files, addresses and progress. */
const NAME = {
  matches: '[a-z]([a-z0-9-]*[a-z0-9])?',
  means: 'small letters, digits and hyphens, starting with a letter',
};

const clusterShape = {
  type: 'record',
  about: 'The cluster that the lab runs on, beside its one control plane. Labs with equal clusters share one.',
  fields: {
    workers: { type: 'number', min: 1, max: 3, default: 2, about: 'How many worker nodes.' },
    cni: { type: 'text', oneOf: ['kindnet'], default: 'kindnet', about: 'The CNI plugin.' },
    proxy: { type: 'text', oneOf: ['iptables', 'nftables'], default: 'iptables', about: 'The mode of kube-proxy.' },
  },
} as const satisfies RecordShape;

const wrongShape = {
  type: 'record',
  about: 'A plausible way that must not pass.',
  fields: {
    run: { type: 'text', required: true, about: 'The commands, run as a learner would.' },
    fails: {
      type: 'text',
      required: true,
      about: 'Why it fails: words that must occur in what the failing check found or expected, or in its `because`.',
    },
  },
} as const satisfies RecordShape;

export const stepShape = {
  type: 'record',
  about: 'One thing to find out or to do.',
  fields: {
    id: {
      type: 'text',
      required: true,
      pattern: NAME,
      about: 'Names the step in `goto`, in progress and in addresses.',
    },
    title: { type: 'text', required: true, about: 'A few words, for lists of steps.' },
    text: {
      type: 'text',
      required: true,
      about: 'What to do and why, in Markdown. A learner can click fenced `sh` blocks to run them.',
    },
    capture: {
      type: 'map',
      of: {
        type: 'text',
        about: 'A field of an object.',
        example: "'{.status.podIP} of pod/web'",
      },
      key: { matches: '[a-z][a-z0-9_]*', means: 'small letters, digits and _, starting with a letter' },
      about: 'Values that are kept when the step opens; checks of this and later steps write `$name`.',
    },
    checks: {
      type: 'list',
      required: true,
      min: 1,
      of: checkShape,
      about: 'The step is done when all of them hold together for a second.',
    },
    hints: {
      type: 'list',
      required: true,
      min: 3,
      of: { type: 'text', about: 'Markdown.' },
      about: 'At least three, from a question that points, over the object to look at, to the command.',
    },
    solution: {
      type: 'text',
      required: true,
      about: 'Shell commands that pass the step, the same on both targets. `goto` runs those of the steps before.',
    },
    wrong: { type: 'list', of: wrongShape, about: 'Plausible ways that must not pass, and why; tests run each.' },
  },
} as const satisfies RecordShape;

/** `labs/<id>/lab.yaml`, whole. */
export const labShape = {
  type: 'record',
  about: 'One lab: `labs/<id>/lab.yaml`. The folder names the lab.',
  fields: {
    title: { type: 'text', required: true, about: 'The lab in a few words.' },
    lesson: {
      type: 'text',
      required: true,
      pattern: NAME,
      about: 'The lesson that it belongs to: its file name without ending.',
    },
    minutes: { type: 'number', required: true, min: 1, max: 120, about: 'How long it takes somebody new to it.' },
    situation: {
      type: 'text',
      required: true,
      about: 'A situation that matters, told in plain words (Markdown), before the first step.',
    },
    cluster: { ...clusterShape, required: true },
    setup: {
      type: 'list',
      of: { type: 'text', about: 'A file, or a folder with a trailing `/`, of Kubernetes manifests.' },
      default: [],
      about:
        'Manifests that are applied before the learner starts, in this order. They may use `$WORKER` and its like.',
      example: '[manifests/]',
    },
    files: {
      type: 'text',
      about: "A folder that is copied into the learner's folder on both targets. `$WORKER` and its like are filled in.",
      example: 'files/',
    },
    changesNode: {
      type: 'flag',
      default: false,
      about: 'The lab changes its nodes, so it owns its cluster, and reset makes that cluster anew.',
    },
    targets: {
      type: 'list',
      of: { type: 'text', oneOf: ['page', 'kind'], about: 'A target.' },
      min: 1,
      about: 'Where the lab runs, if not everywhere; needs a `reason`.',
    },
    reason: { type: 'text', about: 'Why the lab runs only on these `targets`; the learner sees it.' },
    steps: { type: 'list', required: true, min: 1, of: stepShape, about: 'In order.' },
  },
} as const satisfies RecordShape;

/** `lab.yaml` as written, once read. */
export type LabFile = Value<typeof labShape>;
export type LabCluster = Value<typeof clusterShape>;
export type Step = Value<typeof stepShape>;
export type Wrong = Value<typeof wrongShape>;
