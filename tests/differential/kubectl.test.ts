import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { kubectlForTest } from '../../src/kubectl/kubectl-for-test.ts';
import { kubernetesVersion } from '../../src/kubernetes/version.ts';

/** The page's kubectl against the real one, for what needs no cluster: HOP_KUBECTL names it, or PATH has it. */
const program = process.env.HOP_KUBECTL ?? 'kubectl';
const minor = kubernetesVersion.split('.').slice(0, 2).join('.');
const reason = whyNot();

function whyNot(): string | undefined {
  try {
    const text = execFileSync(program, ['version', '--client'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const version = /Client Version: v(\S+)/.exec(text)?.[1] ?? 'unknown';
    return version.startsWith(`${minor}.`) ? undefined : `kubectl on PATH is ${version}, not ${minor}`;
  } catch {
    return 'no kubectl on PATH or in HOP_KUBECTL';
  }
}

const folder = mkdtempSync(join(tmpdir(), 'hop-kubectl-'));
afterAll(() => rmSync(folder, { recursive: true }));
const files: Readonly<Record<string, string>> = {
  'a.txt': 'one\ntwo\n',
  'b.conf': 'x = 1',
  'long.txt': `${'word '.repeat(40)}end`,
};
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);

function real(words: readonly string[]): Promise<{ out: string; err: string; code: number }> {
  const env = { ...process.env, KUBECONFIG: '/dev/null', KUBECTL_KUBERC: 'false' };
  return new Promise((resolve) => {
    execFile(program, [...words], { cwd: folder, env }, (error, out, err) => {
      resolve({ out, err, code: error === null ? 0 : Number(error.code) });
    });
  });
}

const deployment = ['create', 'deployment', 'web', '--image=a/b:1', '--replicas=2', '--port=80', '--dry-run=client'];
const values = [
  'yes',
  '1',
  '1e3',
  '0x1f',
  '1:20',
  '2024-01-01',
  '~',
  '',
  ' x',
  'a: b',
  'a #b',
  '- a',
  '---',
  "it's",
  'a\tb',
  'a\nb',
  '\na\n',
  '  a\nb\n',
  '\n',
  '&a',
  'a]',
  '😀',
  'héllo',
  'a\u0001b',
  '10.244.1.2',
  '.5',
  'word '.repeat(30),
];

const lines: readonly (readonly string[])[] = [
  [...deployment, '-o', 'yaml'],
  [...deployment],
  [...deployment, '-o', 'name'],
  ['create', 'deployment', 'web', '--image=x', '--dry-run=client', '-o', 'yaml', '--', 'sleep', '1d'],
  ['create', 'ns', 'x', '--dry-run=client', '-o', 'yaml'],
  ['create', 'cm', 'c', '--from-file=.', '--dry-run=client', '-o', 'yaml'],
  ['create', 'cm', 'c', '--from-file=k=a.txt', '--from-literal=c=d=e', '-n', 'other', '--dry-run=client', '-o', 'yaml'],
  [
    'create',
    'cm',
    'c',
    ...values.map((value, at) => `--from-literal=k${at}=${value}`),
    '--dry-run=client',
    '-o',
    'yaml',
  ],
  ...[
    '{.metadata.name}',
    '{.spec}',
    '{..image}',
    '{.spec.template.spec.containers[*].image}',
    '{.spec.template.spec.containers[1].image}',
    '{.spec.template.spec.containers[0:3].image}',
    '{range .spec.template.spec.containers[*]}{.name}{"\\t"}{.image}{"\\n"}{end}',
    '{.spec.template.spec.containers[?(@.name=="b")].ports[0].containerPort}',
    "{.metadata['name','labels']}",
    '{.metadata.labels["app"]}',
    '{.spec.replicas} {.nope} x',
    '{.spec',
    '{.spec[}',
    '{"a',
    '{end}',
    '{foo}',
    '{.spec[?(@.a=="b" && @.c=="d")]}',
    '{.kind[0]}',
    '{[*]}',
  ].map((template) => [...deployment, '-o', `jsonpath=${template}`]),
  ['create', 'deployment', 'web'],
  ['create', 'deployment', '--image=x'],
  ['create', 'deployment', 'web', '--image=x', '--dry-run=maybe'],
  ['create', 'cm', 'c', '--from-literal=x', '--dry-run=client'],
  ['create', 'cm', 'c', '--from-file=nosuch', '--dry-run=client'],
  ['create'],
  ['create', 'nosuch'],
  ['gte', 'pods'],
  ['descrbe'],
  ['xyzzy'],
  ['get', '--foo'],
  ['get', '-Z'],
  ['get', 'pods', '-n'],
  ['get', 'pods', '--output'],
  ['get', 'pods', '--watch=maybe'],
  ['get'],
  ['describe'],
  ['apply'],
  ['delete', 'pods', '--grace-period=x'],
  ['exec'],
  ['exec', 'x'],
  ['exec', 'x', 'ls'],
  ['logs'],
  ['logs', 'a', 'b', 'c'],
  ['logs', 'a', '--since=5'],
  ['logs', 'a', '--since=x'],
  ['run', 'x'],
  ['scale', 'deployment', 'web'],
  ['scale', 'deployment', 'web', '--replicas=x'],
  ['label', 'pods', 'x'],
  ['rollout', 'nosuch'],
  ['wait', 'pod/x'],
  ['api-resources', 'x'],
];

describe.skipIf(reason !== undefined)(
  `kubectl against the real one${reason === undefined ? '' : ` (left out: ${reason})`}`,
  () => {
    const page = kubectlForTest(files);
    page.disk.remove('/root/folder', { recursive: true });
    test.each(lines.map((words) => ({ line: words.join(' ').replaceAll('\n', '\\n').slice(0, 150), words })))(
      'kubectl $line',
      async ({ words }) => {
        expect(await page.run(words)).toEqual(await real(words));
      },
    );
  },
);
