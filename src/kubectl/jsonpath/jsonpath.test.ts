import { expect, test } from 'vitest';
import { JsonPath, JsonPathError } from './jsonpath.ts';

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { labels: { run: 'x' }, name: 'x', annotations: { 'a.b/c': 'dotted' } },
  spec: {
    containers: [
      {
        env: [
          { name: 'A', value: 'b' },
          { name: 'C', value: 'd<e' },
        ],
        name: 'x',
        ports: [{ containerPort: 80 }],
      },
    ],
    dnsPolicy: 'ClusterFirst',
  },
  status: {},
};

// What kubectl 1.37.2 printed for such a pod (tests/differential holds both to more of them).
test.each([
  ['{.metadata.name}', 'x'],
  ['text {.kind} more', 'text Pod more'],
  ['{.kind}}', 'Pod}'],
  ['.kind', '.kind'],
  [
    '{}',
    JSON.stringify({
      ...pod,
      metadata: { annotations: { 'a.b/c': 'dotted' }, labels: { run: 'x' }, name: 'x' },
    }).replace('d<e', 'd\\u003ce'),
  ],
  ['{.nope}', ''],
  ['{.spec.dnsPolicy.x}', ''],
  ['{.status}', '{}'],
  ['{$.kind}', 'Pod'],
  ['{ .kind }', 'Pod'],
  ['{1}{true}{"text"}{\'it\'}', '1truetextit'],
  ['{.metadata.name}{"\\t"}{.kind}', 'x\tPod'],
  ['{.spec.containers[*].env[?(@.name=="A")].value}', 'b'],
  ['{.spec.containers[?(@.name)].name}', 'x'],
  ['{.spec.containers[0].ports[?(@.containerPort>10)].containerPort}', '80'],
  ['{..name}', 'x x A C'],
  ['{.spec.containers[-1].name}', 'x'],
  ['{.spec.containers[0].env[0:2].name}', 'A C'],
  ['{.spec.containers[0].env[::2].name}', 'A'],
  ['{.spec.containers[0].env[-1:].name}', 'C'],
  ['{.spec.containers[0].env[1].value}', 'd<e'],
  ['{.spec.containers[0].env[*]}', '{"name":"A","value":"b"} {"name":"C","value":"d\\u003ce"}'],
  ["{.metadata['name','labels']}", 'x {"run":"x"}'],
  ['{.metadata.annotations.a\\.b/c}', 'dotted'],
  ['{.metadata.labels.*}', 'x'],
  ['{range .spec.containers[*]}{range .env[*]}{.name},{end};{end}', 'A,C,;'],
  ['{range .nope}never{end}', ''],
  ['{range .spec.containers[*]}x', 'xx'],
])('%s gives %s', (template, expected) => {
  expect(new JsonPath(template).render(pod)).toBe(expected);
});

test.each([
  ['{.items[', 'unterminated array'],
  ['{.kind', 'unclosed action'],
  ['{"a', 'unterminated quoted string'],
  ['{#}', "unrecognized character in action: U+0023 '#'"],
  ['{.a[b]}', 'invalid array index b'],
  ['{.a["b"]}', 'invalid array index "b"'],
  ['{.a[?(@.x=="y"]}', 'unterminated filter'],
  ['{.a[?(@.x=="y" && @.z=="w")]}', "unrecognized character in action: U+0026 '&'"],
  ['{.a[?(@.x=~"y")]}', "unrecognized character in action: U+007E '~'"],
])('%s is refused: %s', (template, message) => {
  expect(() => new JsonPath(template)).toThrow(new JsonPathError(message));
});

test.each([
  ['{.spec.containers[1].name}', 'array index out of bounds: index 1, length 1'],
  ['{.spec.containers[0:5].name}', 'array index out of bounds: index 4, length 1'],
  ['{.spec.dnsPolicy[0]}', 'string is not array or slice'],
  ['{.spec.dnsPolicy[?(@.a)]}', 'ClusterFirst is not array or slice and cannot be filtered'],
  ['{[*]}', 'map[string]interface {} is not array or slice'],
  ['{.spec.containers[0].ports[?(@.containerPort=="80")].containerPort}', 'incompatible types for comparison'],
  ['{end}', 'not in range, nothing to end'],
  ['{foo}', 'unrecognized identifier foo'],
])('%s fails on the object: %s', (template, message) => {
  const path = new JsonPath(template);
  expect(() => path.render(pod)).toThrow(new JsonPathError(message));
});

test('find gives the values themselves; a missing key can be an error', () => {
  expect(new JsonPath('{.spec.containers[*].ports}').find(pod)).toEqual([[{ containerPort: 80 }]]);
  expect(new JsonPath('{range .spec.containers[*]}{.name}{end}').find(pod)).toEqual(['x']);
  expect(() => new JsonPath('{.nope}', { allowMissingKeys: false }).find(pod)).toThrow('nope is not found');
});
