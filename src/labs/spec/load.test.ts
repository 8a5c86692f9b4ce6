import { expect, test } from 'vitest';
import { edited, LAB, load, POD, problemsOf, schema } from './lab.fixture.ts';
import { loadLab } from './load.ts';
import { formatProblem } from './problem.ts';

test('a valid lab is read whole, defaults filled in', () => {
  const { lab, problems } = load(LAB);
  expect(problems).toEqual([]);
  expect(lab).toMatchObject({
    id: 'small',
    title: 'A small lab',
    targets: ['page', 'kind'],
    changesNode: false,
    files: [{ path: 'start.yaml', text: 'a: 1\n' }],
    manifests: [{ kind: 'Pod', metadata: { name: 'web' } }],
  });
  expect(lab?.steps.map(({ id }) => id)).toEqual(['first', 'second']);
  expect(lab?.steps[0]?.checks[1]).toMatchObject({ probe: { timeout: 2, expect: { outcome: 'reply', status: 200 } } });
  expect(structuredClone(lab)).toEqual(lab);
});

/** What an author gets wrong: the edit, and the one problem that it makes. */
const mistakes: readonly (readonly [name: string, from: string | RegExp, to: string, problem: string])[] = [
  [
    'not YAML',
    'minutes: 5',
    'minutes: [5',
    'labs/small/lab.yaml:4:1: this is not YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
  ],
  [
    'a key twice',
    'minutes: 5',
    'minutes: 5\nminutes: 6',
    'labs/small/lab.yaml:4:1: this is not YAML: Map keys must be unique',
  ],
  [
    'an unknown key',
    'minutes: 5',
    'minuets: 5',
    'labs/small/lab.yaml:3:1: minuets: there is no field "minuets" here; did you mean "minutes"?',
  ],
  [
    'a wrong type',
    'workers: 2',
    'workers: two',
    'labs/small/lab.yaml:5:20: cluster.workers: this is of the wrong type: found the text "two", expected a whole number from 1 to 3',
  ],
  [
    'a word that is none of those allowed',
    'proxy: iptables',
    'proxy: iptable',
    'labs/small/lab.yaml:5:44: cluster.proxy: no such word here: found "iptable", expected "iptables" or "nftables"; did you mean "iptables"?',
  ],
  [
    'a list where a map belongs',
    /cluster: .*/,
    'cluster: [2]',
    'labs/small/lab.yaml:5:10: cluster: this is of the wrong type: found a list of 1, expected a map with "workers", "cni", "proxy"',
  ],
  [
    'a missing field',
    '    title: The first\n',
    '',
    'labs/small/lab.yaml:9:5: steps[0].title: "title" is missing in steps[0] (A few words, for lists of steps)',
  ],
  [
    'an empty text',
    'situation: Something matters here.',
    "situation: ''",
    'labs/small/lab.yaml:4:12: situation: this is empty: expected a text',
  ],
  [
    'two steps of one id',
    'id: second',
    'id: first',
    'labs/small/lab.yaml:23:9: steps[1].id: two steps have this id: found "first", expected a new one',
  ],
  [
    'an id that is no name',
    'id: second',
    'id: Second Step',
    'labs/small/lab.yaml:23:9: steps[1].id: not written right: found "Second Step", expected small letters, digits and hyphens, starting with a letter',
  ],
  [
    'a step without a solution, which goto needs',
    '    solution: hop answer it\n',
    '',
    'labs/small/lab.yaml:23:5: steps[1].solution: "solution" is missing in steps[1] (Shell commands that pass the step, the same on both targets. `goto` runs those of the steps before)',
  ],
  [
    'too few hints',
    'hints: [Ask, Look, Type]',
    'hints: [Ask, Look]',
    'labs/small/lab.yaml:18:12: steps[0].hints: there are too few: found 2, expected at least 3',
  ],
  [
    'an unknown place',
    'in: node/worker,',
    'in: nod/worker,',
    'labs/small/lab.yaml:29:23: steps[1].checks[1].command.in: no such place: found "nod/worker", expected `pod/NAME`, `pod/NAMESPACE/NAME`, `node/worker` or `outside`; did you mean "node/worker"?',
  ],
  [
    'a node that the cluster has not',
    'in: node/worker,',
    'in: node/worker3,',
    'labs/small/lab.yaml:29:23: steps[1].checks[1].command.in: this cluster has no such node: found "node/worker3", expected node/control-plane, node/worker, node/worker2; did you mean "node/worker"?',
  ],
  [
    'a set-up without manifests',
    'setup: [manifests/]',
    'setup: [manifest/]',
    'labs/small/lab.yaml:6:9: setup[0]: no manifest is there: found no YAML file at labs/small/manifest/',
  ],
  [
    'a folder of files that is not there',
    'files: files/',
    'files: file/',
    'labs/small/lab.yaml:7:8: files: no file is there: found nothing at labs/small/file/',
  ],
  [
    'targets without a reason',
    'setup: ',
    'targets: [page]\nsetup: ',
    'labs/small/lab.yaml:6:10: targets: a lab that does not run everywhere says why: expected a `reason` beside `targets`',
  ],
  [
    'an unknown target',
    'setup: ',
    'reason: it must be\ntargets: [pages]\nsetup: ',
    'labs/small/lab.yaml:7:11: targets[0]: no such word here: found "pages", expected "page" or "kind"; did you mean "page"?',
  ],
  [
    'a kind of check that there is not',
    'answer: {ask',
    'anwser: {ask',
    'labs/small/lab.yaml:27:9: steps[1].checks[0].anwser: no such kind: found "anwser", expected one of "assert", "probe", "command", "answer"; did you mean "answer"?',
  ],
  [
    'a check of two kinds',
    "accept: '{.status.podIP} of pod/web'}\n",
    'accept: it}\n        assert: {kind: Pod}\n',
    'labs/small/lab.yaml:28:9: steps[1].checks[0].assert: two kinds in one: expected one of "assert", "probe", "command", "answer"',
  ],
  [
    'a name that was not captured',
    'contains: $address',
    'contains: $adress',
    'labs/small/lab.yaml:29:61: steps[1].checks[1].command.contains: nothing of this name was captured here or before: found $adress, expected $CONTROL_PLANE, $WORKER, $WORKER2, $address; did you mean "$address"?',
  ],
  [
    'an unknown kind in an assert',
    '{kind: Pod,',
    '{kind: Podd,',
    'labs/small/lab.yaml:14:24: steps[0].checks[0].assert.kind: no such kind here: found "Podd", expected one of Namespace, Node, Pod, ConfigMap, Event, ServiceAccount, Deployment, ReplicaSet; did you mean "Pod"?',
  ],
  [
    'an unknown field in an assert',
    'nodeName: $WORKER2',
    'nodename: $WORKER2',
    'labs/small/lab.yaml:14:60: steps[0].checks[0].assert.spec.nodename: PodSpec has no field "nodename"; did you mean "nodeName"?',
  ],
  [
    'a field of an object in no known form',
    "address: '{.status.podIP} of pod/web'",
    "address: '.status.podIP of pod/web'",
    'labs/small/lab.yaml:12:24: steps[0].capture.address: not the form of a field: found ".status.podIP of pod/web", expected `{.status.podIP} of pod/web`, `{...} of pods -l app=web`, each with `-n NAMESPACE` if need be',
  ],
  [
    'a field of an object, without "of", in an answer',
    "accept: '{.status.podIP} of pod/web'",
    "accept: '{.status.podIP} in pod/web'",
    'labs/small/lab.yaml:27:39: steps[1].checks[0].answer.accept: not the form of a field: found "{.status.podIP} in pod/web", expected `{.status.podIP} of pod/web`, `{...} of pods -l app=web`, each with `-n NAMESPACE` if need be',
  ],
  [
    'a field of an unknown kind',
    "address: '{.status.podIP} of pod/web'",
    "address: '{.status.podIP} of pood/web'",
    'labs/small/lab.yaml:12:24: steps[0].capture.address: not the form of a field: found "{.status.podIP} of pood/web", expected a kind of object; did you mean "pod"?',
  ],
  [
    'a field that the kind does not have, in a capture',
    "address: '{.status.podIP} of pod/web'",
    "address: '{.spec.nodename} of pod/web'",
    'labs/small/lab.yaml:12:24: steps[0].capture.address: PodSpec has no field "nodename": found "{.spec.nodename} of pod/web"; did you mean "nodeName"?',
  ],
  [
    'a field that items of a list do not have, in an answer',
    "accept: '{.status.podIP} of pod/web'",
    "accept: '{.items[0].status.podIp} of pods -l app=web'",
    'labs/small/lab.yaml:27:39: steps[1].checks[0].answer.accept: PodStatus has no field "podIp": found "{.items[0].status.podIp} of pods -l app=web"; did you mean "podIP"?',
  ],
  [
    'a field that a filter asks for in vain',
    "accept: '{.status.podIP} of pod/web'",
    `accept: '{.status.addresses[?(@.typ=="InternalIP")].address} of node/worker'`,
    'labs/small/lab.yaml:27:39: steps[1].checks[0].answer.accept: NodeAddress has no field "typ": found "{.status.addresses[?(@.typ=="InternalIP")].address} of node/worker"; did you mean "type"?',
  ],
  [
    'a pod that nothing makes',
    'from: pod/web',
    'from: pod/wbe',
    'labs/small/lab.yaml:16:23: steps[0].checks[1].probe.from: no manifest makes this pod, and no solution or file of the lab names it: found "pod/wbe", expected pod/web; did you mean "pod/web"?',
  ],
  [
    'a missing field of a map points at the key that holds the map',
    'to: http://$address:8080/, ',
    '',
    'labs/small/lab.yaml:16:9: steps[0].checks[1].probe.to: "to" is missing in steps[0].checks[1].probe (`http://HOST[:PORT]/PATH`, `tcp://HOST:PORT` or `icmp://HOST`)',
  ],
  [
    'a probe of an unknown protocol',
    'to: http://$address:8080/',
    'to: https://$address:8080/',
    'labs/small/lab.yaml:16:36: steps[0].checks[1].probe.to: nothing to send there: found "https://$address:8080/", expected `http://HOST[:PORT]/PATH`, `tcp://HOST:PORT` or `icmp://HOST`',
  ],
  [
    'a probe by UDP, which no target sends',
    'to: http://$address:8080/',
    'to: udp://$address:8081',
    'labs/small/lab.yaml:16:36: steps[0].checks[1].probe.to: probes send no UDP yet: found "udp://$address:8081", expected `http://HOST[:PORT]/PATH`, `tcp://HOST:PORT` or `icmp://HOST`',
  ],
  [
    'a status of what is no reply',
    'expect: {status: 200}',
    'expect: {status: 200, outcome: refused}',
    'labs/small/lab.yaml:16:90: steps[0].checks[1].probe.expect.outcome: only a reply has a status, a body or a sender: found "refused", expected "reply"',
  ],
  [
    'a probe alone',
    / {6}- assert: .*\n.*\n/,
    '',
    "labs/small/lab.yaml:14:16: steps[0].checks[0].probe: a probe is its step's only check: expected a check of what the learner made beside it, or `failsUnsolved: true` where it fails before the step",
  ],
  [
    'a command that may print anything',
    ', contains: $address',
    '',
    'labs/small/lab.yaml:29:18: steps[1].checks[1].command: a command without a word on what it must print: expected "contains", "lacks" or "matches"',
  ],
  [
    'a regular expression that is none',
    'contains: $address',
    "matches: '('",
    'labs/small/lab.yaml:29:60: steps[1].checks[1].command.matches: this is no regular expression: found "("',
  ],
];

test.each(mistakes)('%s', (_name, from, to, problem) => {
  expect(problemsOf(edited(LAB, from, to))).toEqual([problem]);
});

test('a probe alone is allowed where it is known to fail before the step', () => {
  const alone = edited(LAB, / {6}- assert: .*\n.*\n/, '');
  expect(load(edited(alone, 'expect: {status: 200}', 'failsUnsolved: true, expect: {status: 200}')).problems).toEqual(
    [],
  );
});

test('one question a step, so that `hop answer` needs no name', () => {
  const second = 'contains: $address}\n        because: x\n      - answer: {ask: a, accept: b}\n        because: x\n';
  const lab = edited(LAB, /contains: \$address\}\n.*\n/, second);
  expect(problemsOf(lab)).toEqual([
    'labs/small/lab.yaml:27:7: steps[1].checks: a step asks one thing at most, so that `hop answer` needs no name: found 2 answers',
  ]);
});

const manifestMistakes: readonly (readonly [string, string | RegExp, string, string])[] = [
  [
    'no kind',
    'kind: Pod\n',
    '',
    'labs/small/manifests/pod.yaml:1:1: kind: "kind" is missing: expected a kind of object, such as Pod',
  ],
  [
    'an unknown kind',
    'kind: Pod',
    'kind: Pods',
    'labs/small/manifests/pod.yaml:2:7: kind: no such kind here: found "Pods", expected one of Namespace, Node, Pod, ConfigMap, Event, ServiceAccount, Deployment, ReplicaSet; did you mean "Pod"?',
  ],
  [
    'a kind of another group',
    'apiVersion: v1',
    'apiVersion: apps/v1',
    'labs/small/manifests/pod.yaml:1:13: apiVersion: Pod is not of this API group and version: found "apps/v1", expected v1',
  ],
  [
    'no name',
    '{name: web}',
    '{labels: {a: b}}',
    'labs/small/manifests/pod.yaml:3:11: metadata.name: "metadata.name" is missing',
  ],
  [
    'an unknown field',
    'image: pause',
    'imaeg: pause',
    'labs/small/manifests/pod.yaml:6:28: spec.containers[0].imaeg: Container has no field "imaeg"; did you mean "image"?',
  ],
  [
    'a wrong type',
    'image: pause',
    'image: 3',
    'labs/small/manifests/pod.yaml:6:35: spec.containers[0].image: this is of the wrong type: found the number 3, expected a text: write it in quotes',
  ],
  [
    'a node that the cluster has not',
    '$WORKER',
    '$WORKER3',
    'labs/small/manifests/pod.yaml:5:42: spec.nodeSelector.kubernetes.io/hostname: this cluster has no such node: found $WORKER3, expected one of 2 workers',
  ],
];

test.each(manifestMistakes)('a manifest with %s', (_name, from, to, problem) => {
  expect(problemsOf(LAB, edited(POD, from, to))).toEqual([problem]);
});

test('two manifests of one object', () => {
  expect(problemsOf(LAB, `${POD}---\n${POD}`)).toEqual([
    'labs/small/lab.yaml:6:8: setup: two manifests make one object: found Pod default/web',
  ]);
});

test('a lesson that is not there', () => {
  const { problems } = load(LAB, POD, { lessons: ['pod', 'services'] });
  expect(problems.map(formatProblem)).toEqual([
    'labs/small/lab.yaml:2:9: lesson: no such lesson: found "pods"; did you mean "pod"?',
  ]);
});

test('a folder without lab.yaml, and an empty one', () => {
  const without = loadLab([{ path: 'labs/small/lab.yml', text: LAB }], { schema });
  expect(without.problems.map(formatProblem)).toEqual(['labs/small/lab.yml:1:1: this folder has no lab.yaml']);
  expect(load('').problems.map(formatProblem)).toEqual(['labs/small/lab.yaml:1:1: this file is empty']);
});

test('a file of 5 MB is refused before it is read', () => {
  expect(problemsOf(`${LAB}# ${'x'.repeat(5_000_000)}\n`)).toEqual([
    `labs/small/lab.yaml:1:1: this file is too big: found ${LAB.length + 5_000_003} characters, expected at most 1000000`,
  ]);
});

test('a YAML bomb ends in a message', () => {
  const levels = Array.from({ length: 9 }, (_, i) => {
    const held = i === 0 ? '"lol"' : `*l${i - 1}`;
    return `l${i}: &l${i} [${Array.from({ length: 9 }, () => held).join(', ')}]`;
  });
  expect(problemsOf(levels.join('\n'))).toEqual([
    'labs/small/lab.yaml:1:1: this file holds too much: found more than 50000 values or 100 levels, anchors written out, expected a file that people can read',
  ]);
});

test('an anchor that holds itself, and brackets without end, end in a message', () => {
  expect(problemsOf('title: &a [*a]\n')).toHaveLength(1);
  expect(problemsOf(`title: ${'['.repeat(100_000)}`).length).toBeGreaterThan(0);
});

test('every mistake is told at once', () => {
  const lab = edited(edited(LAB, 'minutes: 5', 'minutes: 500'), 'id: second', 'id: 2nd');
  expect(problemsOf(lab)).toHaveLength(2);
});

test.each([
  ['mine', 'kubectl run mine --image=pause'],
  ['late2', 'for i in 1 2; do kubectl run late$i --image=pause; done'],
])('a pod that a solution makes is a place: %s', (name, solution) => {
  const lab = edited(LAB, 'from: pod/web', `from: pod/${name}`);
  expect(load(edited(lab, 'solution: hop answer it', `solution: '${solution}'`)).problems).toEqual([]);
});

test('a file that is no YAML has one problem: its first', () => {
  const indented = problemsOf(edited(LAB, '    title: The first\n', '   title: The first\n'));
  expect(indented).toHaveLength(1);
  expect(indented[0]).toMatch(/^labs\/small\/lab\.yaml:1?[0-9]:\d+: this is not YAML: /);
  expect(problemsOf(edited(LAB, '    title: The first\n', '\ttitle: The first\n'))).toHaveLength(1);
});
