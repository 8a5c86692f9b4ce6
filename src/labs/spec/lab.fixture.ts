import { expect } from 'vitest';
import { builtinSchema } from '../../kubernetes/schema/schema.ts';
import { loadLab } from './load.ts';
import { formatProblem } from './problem.ts';

export const schema = builtinSchema();

/** A lab without mistakes, for tests to put one in. */
export const LAB = `title: A small lab
lesson: pods
minutes: 5
situation: Something matters here.
cluster: {workers: 2, cni: kindnet, proxy: iptables}
setup: [manifests/]
files: files/
steps:
  - id: first
    title: The first
    text: Do it.
    capture: {address: '{.status.podIP} of pod/web'}
    checks:
      - assert: {kind: Pod, metadata: {name: mine}, spec: {nodeName: $WORKER2}}
        because: It matters.
      - probe: {from: pod/web, to: http://$address:8080/, expect: {status: 200}}
        because: It matters.
    hints: [Ask, Look, Type]
    solution: kubectl run mine --image=pause
    wrong:
      - run: kubectl run other --image=pause
        fails: no Pod
  - id: second
    title: The second
    text: Look.
    checks:
      - answer: {ask: Which?, accept: '{.status.podIP} of pod/web'}
        because: It matters.
      - command: {in: node/worker, run: ip route, contains: $address}
        because: It matters.
    hints: [Ask, Look, Type]
    solution: hop answer it
`;
export const POD = `apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  nodeSelector: {kubernetes.io/hostname: $WORKER}
  containers: [{name: web, image: pause}]
`;

export function load(lab: string, pod = POD, more: Partial<Parameters<typeof loadLab>[1]> = {}) {
  const files = [
    { path: 'labs/small/lab.yaml', text: lab },
    { path: 'labs/small/manifests/pod.yaml', text: pod },
    { path: 'labs/small/files/start.yaml', text: 'a: 1\n' },
  ];
  return loadLab(files, { schema, ...more });
}

export function edited(text: string, from: string | RegExp, to: string): string {
  const result = text.replace(from, to);
  if (result === text) throw new Error(`the text has no ${from}`);
  return result;
}

export function problemsOf(lab: string, pod?: string): string[] {
  const result = load(lab, pod);
  expect(result.lab).toBeUndefined();
  return result.problems.map(formatProblem);
}
