import type { EitherShape, FieldTraits, RecordShape, TextShape, Value, VariantShape } from './shape.ts';

const because = {
  type: 'text',
  required: true,
  about: 'Why it matters, in a sentence or two; shown under "Why not yet?".',
} as const satisfies TextShape & FieldTraits;

const lookAt = {
  type: 'text',
  about: 'Where to look, if not the place that the check itself names: a command or an object.',
} as const satisfies TextShape & FieldTraits;

const words = {
  type: 'either',
  about: 'One text or a list of texts.',
  text: { type: 'text', about: 'One text.' },
  list: { type: 'list', min: 1, of: { type: 'text', about: 'One text.' }, about: 'All of these.' },
} as const satisfies EitherShape;

const place = 'A `pod/NAME`, `pod/NAMESPACE/NAME`, `node/control-plane`, `node/worker`, `node/worker2` or `outside`.';

const assertShape = {
  type: 'record',
  about: 'Objects of the cluster have these fields.',
  fields: {
    assert: {
      type: 'object',
      required: true,
      about:
        'Part of an object: every field listed must be so in it, every listed item of a list must match some item. ' +
        'Without `metadata.name` any object of the kind will do. `$name` stands for what was captured.',
      example: '{kind: Pod, metadata: {name: web}, spec: {nodeName: $WORKER2}}',
    },
    absent: { type: 'flag', only: true, about: 'No such object may be there.' },
    count: { type: 'number', min: 0, max: 1000, about: 'Exactly so many objects must match.' },
    selector: { type: 'text', about: 'A label selector that narrows the objects.', example: 'app=web,tier!=old' },
    because,
    lookAt,
  },
} as const satisfies RecordShape;

const probeShape = {
  type: 'record',
  about: 'Real traffic gets this reply.',
  fields: {
    probe: {
      type: 'record',
      required: true,
      about: 'What is sent from where, and what comes of it.',
      fields: {
        from: { type: 'text', required: true, about: place },
        to: {
          type: 'text',
          required: true,
          about: '`http://HOST[:PORT]/PATH`, `tcp://HOST:PORT` or `icmp://HOST`.',
          example: 'http://$at:8080/hostname',
        },
        at: {
          type: 'text',
          about: 'A field of an object; `to` writes it as `$at`. It is read anew for every probe.',
          example: "'{.status.podIP} of pod/answerer'",
        },
        timeout: { type: 'number', min: 1, max: 30, default: 2, about: 'Seconds after which it has timed out.' },
        expect: {
          type: 'record',
          required: true,
          about: 'Everything listed must be so.',
          fields: {
            outcome: {
              type: 'text',
              oneOf: ['reply', 'refused', 'timeout', 'unresolved', 'unreachable'],
              default: 'reply',
              about: 'What comes back.',
            },
            status: { type: 'number', min: 100, max: 599, about: 'The HTTP status.' },
            body: { type: 'text', about: 'Text that the body contains.' },
            from: {
              type: 'map',
              of: { type: 'text', about: 'A value.' },
              key: { matches: '[A-Za-z0-9./_-]+', means: 'a label' },
              about: 'Labels of the pod that answers.',
              example: '{app: web}',
            },
            source: { type: 'text', about: 'The source address that the server saw.' },
          },
        },
        failsUnsolved: {
          type: 'flag',
          only: true,
          about: "Lets a probe be its step's only check; the tests prove that it fails before the step is solved.",
        },
      },
    },
    because,
    lookAt,
  },
} as const satisfies RecordShape;

const commandShape = {
  type: 'record',
  about: 'A command in a container or on a node prints this.',
  fields: {
    command: {
      type: 'record',
      required: true,
      about: 'What runs where, and what it must print.',
      fields: {
        in: { type: 'text', required: true, about: place },
        run: { type: 'text', required: true, about: 'Shell commands.', example: 'ip route' },
        contains: { ...words, about: 'The output contains this text, or each of these.' },
        lacks: { ...words, about: 'The output has none of these.' },
        matches: { type: 'text', about: 'A regular expression that the output matches (`m` flag).' },
        timeout: { type: 'number', min: 1, max: 30, default: 5, about: 'Seconds.' },
      },
    },
    because,
    lookAt,
  },
} as const satisfies RecordShape;

const answerShape = {
  type: 'record',
  about: 'The learner says what they observed, in the page or with `hop answer`.',
  fields: {
    answer: {
      type: 'record',
      required: true,
      about: 'The question and what counts as right; a learner is never told what that is.',
      fields: {
        ask: { type: 'text', required: true, about: 'The question.' },
        accept: {
          type: 'either',
          required: true,
          about: 'What is right, compared without blanks at both ends and otherwise as written.',
          text: {
            type: 'text',
            about:
              'A field of an object (`{.spec.clusterIP} of service/web`), a `/regular expression/` or the text itself.',
          },
          list: {
            type: 'list',
            min: 1,
            of: { type: 'text', about: 'Each as above.' },
            about: 'Any of these is right.',
          },
          record: {
            type: 'record',
            about: 'What a command prints, where no object holds it.',
            fields: {
              in: { type: 'text', required: true, about: place },
              run: { type: 'text', required: true, about: 'Shell commands.' },
              matches: {
                type: 'text',
                required: true,
                about: 'A regular expression; its first group is the right answer (in any line that matches).',
                example: 'dev (veth[0-9a-f]+)',
              },
            },
          },
        },
      },
    },
    because,
    lookAt,
  },
} as const satisfies RecordShape;

/** One check; a new kind is one more entry here and one file in `src/labs/check/`. */
export const checkShape = {
  type: 'variant',
  about: 'Something that must hold.',
  variants: { assert: assertShape, probe: probeShape, command: commandShape, answer: answerShape },
} as const satisfies VariantShape;

export type CheckKind = keyof typeof checkShape.variants;
export type AssertCheck = Value<typeof assertShape>;
export type ProbeCheck = Value<typeof probeShape>;
export type CommandCheck = Value<typeof commandShape>;
export type AnswerCheck = Value<typeof answerShape>;
export type Check = AssertCheck | ProbeCheck | CommandCheck | AnswerCheck;
