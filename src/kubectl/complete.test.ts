import { expect, test } from 'vitest';
import { kubectlCompleters } from './completers.ts';
import { kubectlForTest } from './kubectl-for-test.ts';

async function made() {
  const { run, start, settle } = kubectlForTest();
  await run('run web --image=x');
  await run('run worker --image=x');
  await run('create deployment front --image=x');
  const { process } = start([]);
  return async (line: string) => {
    const words = line.split(' ');
    const current = words.pop() ?? '';
    const request = { words, current, process, signal: process.signals.ended };
    const completer = kubectlCompleters.find(({ command }) => command === words[0]);
    const found = await settle(completer?.complete(request) ?? Promise.resolve(undefined));
    return found?.map(({ text }) => text);
  };
}

test.each([
  ['kubectl de', ['delete', 'describe']],
  ['k de', ['delete', 'describe']],
  ['kubectl -n kube-system ro', ['rollout']],
  ['kubectl rollout ', ['status']],
  ['kubectl create d', ['deployment']],
  ['kubectl get dep', ['deployments']],
  ['kubectl get pods w', ['web', 'worker']],
  ['kubectl get pods web w', ['worker']],
  ['kubectl get deploy/', ['deploy/front']],
  ['kubectl describe deployment ', ['front']],
  ['kubectl logs w', ['web', 'worker']],
  ['kubectl logs dep', ['deployments/']],
  ['kubectl exec -it we', ['web']],
  ['kubectl exec web -c ', ['web']],
  ['kubectl exec web -- l', []],
  ['kubectl get pods -n d', ['default']],
  ['kubectl get pods -n nosuch ', []],
  ['kubectl get pods --namespace=de', ['--namespace=default']],
  ['kubectl get pods -o w', ['wide']],
  ['kubectl get pods --show', ['--show-kind', '--show-labels', '--show-managed-fields']],
  ['kubectl get pods --outp', ['--output-watch-events', '--output=']],
  ['kubectl run x --restart=N', ['--restart=Never']],
  ['kubectl apply -f pod', undefined],
])('%s', async (line, expected) => {
  expect(await (await made())(line)).toEqual(expected);
});
