import { expect, test } from 'vitest';
import { compact } from './compact.ts';
import { builtinSchema } from './schema.ts';

const prefix = '#/components/schemas/';
const document = {
  components: {
    schemas: {
      'io.k8s.api.core.v1.Thing': {
        type: 'object',
        description: 'prose',
        required: ['parts'],
        properties: {
          parts: {
            type: 'array',
            items: { $ref: `${prefix}io.k8s.api.core.v1.Part` },
            'x-kubernetes-list-type': 'map',
            'x-kubernetes-list-map-keys': ['name'],
            'x-kubernetes-patch-merge-key': 'name',
            'x-kubernetes-patch-strategy': 'merge',
          },
          first: { default: {}, allOf: [{ $ref: `${prefix}io.k8s.api.core.v1.Part` }] },
          labels: { type: 'object', additionalProperties: { type: 'string' } },
          count: { type: 'integer', format: 'int32', default: 0 },
        },
        'x-kubernetes-group-version-kind': [{ group: '', version: 'v1', kind: 'Thing' }],
      },
      'io.k8s.api.core.v1.Part': {
        type: 'object',
        properties: { protocol: { type: 'string', default: 'TCP', enum: ['TCP', 'UDP'] } },
      },
      'io.k8s.api.core.v1.Unrelated': { type: 'object' },
    },
  },
};

test('keeps types, keys and strategies of what the roots reach, and no prose', () => {
  expect(compact(document, ['io.k8s.api.core.v1.Thing'], new Set())).toEqual({
    types: {
      'core.v1.Part': { fields: { protocol: { type: 'string', enum: ['TCP', 'UDP'], default: 'TCP' } } },
      'core.v1.Thing': {
        kinds: [['', 'v1', 'Thing']],
        required: ['parts'],
        fields: {
          parts: { type: '[]core.v1.Part', list: 'map', keys: ['name'], mergeKey: 'name', strategy: 'merge' },
          first: '=core.v1.Part',
          labels: '{}string',
          count: 'int32',
        },
      },
    },
  });
});

test('types of another file are left to it; an unknown root is an error', () => {
  const { types } = compact(document, ['io.k8s.api.core.v1.Thing'], new Set(['core.v1.Part']));
  expect(Object.keys(types)).toEqual(['core.v1.Thing']);
  expect(() => compact(document, ['io.k8s.api.core.v1.Nope'], new Set())).toThrow(
    'the document has no type io.k8s.api.core.v1.Nope',
  );
});

test('the committed schema reads as types', () => {
  const schema = builtinSchema();
  const pod = schema.kind('', 'v1', 'Pod');
  expect(pod?.fields.get('spec')?.type).toBe(schema.struct('core.v1.PodSpec'));
  expect(schema.struct('core.v1.PodSpec').fields.get('containers')).toMatchObject({
    keys: ['name'],
    strategy: 'merge',
  });
  expect(schema.kind('', 'v1', 'Nope')).toBeUndefined();
  expect(() => schema.struct('core.v1.Nope')).toThrow('the generated schema has no type core.v1.Nope');
});
