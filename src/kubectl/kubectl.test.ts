import { expect, test } from 'vitest';
import { kubectlForTest } from './kubectl-for-test.ts';

const pod = `apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  nodeName: hop-worker
  containers: [{name: web, image: "busybox:1.36"}, {name: side, image: "busybox:1.36"}]
`;

test.each([
  ['foo', 'error: unknown command "foo" for "kubectl"\n\nDid you mean this?\n\ttop\n'],
  ['gte pods', 'error: unknown command "gte" for "kubectl"\n\nDid you mean this?\n\tget\n'],
  ['expose deployment web', `error: "kubectl expose" is not supported in the page's kubectl\n`],
  ['rollout undo deployment/web', `error: "kubectl rollout undo" is not supported in the page's kubectl\n`],
  ['get --foo', "error: unknown flag: --foo\nSee 'kubectl get --help' for usage.\n"],
  ['get pods -Z', "error: unknown shorthand flag: 'Z' in -Z\nSee 'kubectl get --help' for usage.\n"],
  ['get pods --chunk-size=1', "error: flag --chunk-size is not supported in the page's kubectl\n"],
  ['get pods -v=6', "error: flag -v is not supported in the page's kubectl\n"],
  ['run x --image=y --overrides={}', "error: flag --overrides is not supported in the page's kubectl\n"],
  ['get pods -o go-template={{.x}}', "error: output format go-template is not supported in the page's kubectl\n"],
  ['get blub', 'error: the server doesn\'t have a resource type "blub"\n'],
  ['get pods.foo', 'error: the server doesn\'t have a resource type "pods" in group "foo"\n'],
  ['get pods x', 'Error from server (NotFound): pods "x" not found\n'],
  [
    'get po/x deploy/y',
    'Error from server (NotFound): pods "x" not found\nError from server (NotFound): deployments.apps "y" not found\n',
  ],
  ['delete pods', 'error: resource(s) were provided, but no name was specified\n'],
  [
    'exec x ls',
    "error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\nSee 'kubectl exec -h' for help and examples\n",
  ],
  ['run x', 'error: required flag(s) "image" not set\n'],
  ['apply -f nosuch', 'error: the path "nosuch" does not exist\n'],
  ['logs nosuch', 'error: error from server (NotFound): pods "nosuch" not found in namespace "default"\n'],
  ['--context=other get pods', 'error: context "other" does not exist\n'],
])('kubectl %s fails as the real one does', async (line, err) => {
  expect(await kubectlForTest().run(line)).toEqual({ out: '', err, code: 1 });
});

test('every verb has help, with each flag', async () => {
  const { run } = kubectlForTest();
  expect((await run('--help')).out).toContain('\n  get             Display one or many resources\n');
  expect((await run('get --help')).out).toContain('    -A, --all-namespaces=false:\n\tObjects of all namespaces.\n');
  expect((await run('help rollout status')).out).toContain('Usage:\n  kubectl rollout status (TYPE NAME | TYPE/NAME)');
});

test('without a cluster it says so', async () => {
  const { start, settle } = kubectlForTest();
  const { process } = start(['get', 'pods']);
  const { kubectl } = await import('./kubectl.ts');
  expect(await settle(kubectl({ ...process, services: {} } as typeof process))).toBe(1);
});

test('apply creates, leaves alone, configures; get shows it in every format', async () => {
  const { run, disk } = kubectlForTest({ 'pod.yaml': pod });
  expect(await run('apply -f pod.yaml')).toEqual({ out: 'pod/web created\n', err: '', code: 0 });
  expect((await run('apply -f pod.yaml')).out).toBe('pod/web unchanged\n');
  disk.write('/root/pod.yaml', pod.replace('app: web', 'tier: front'));
  expect((await run('apply -f pod.yaml --dry-run=server')).out).toBe('pod/web configured (server dry run)\n');
  expect((await run('apply -f pod.yaml')).out).toBe('pod/web configured\n');
  expect((await run('get pods --show-labels')).out).toBe(
    'NAME   READY   STATUS    RESTARTS   AGE   LABELS\nweb    0/2     Pending   0          0s    tier=front\n',
  );
  expect((await run('get pod,cm -o name')).out).toBe('pod/web\n');
  expect((await run('get pods -o jsonpath={.items[*].spec.containers[*].name}')).out).toBe('web side');
  expect((await run('get pods -A -o custom-columns=N:.metadata.name,X:.x')).out).toBe('N     X\nweb   <none>\n');
  const yaml = (await run('get pod web -o yaml')).out;
  expect(yaml).toContain(
    'apiVersion: v1\nkind: Pod\nmetadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      {"apiVersion":"v1",',
  );
  expect(yaml).not.toContain('managedFields');
  expect(JSON.parse((await run('get pods -o json')).out)).toMatchObject({ kind: 'List', items: [{ kind: 'Pod' }] });
});

test('get says what there is not', async () => {
  const { run } = kubectlForTest();
  expect(await run('get pods')).toEqual({ out: '', err: 'No resources found in default namespace.\n', code: 0 });
  expect((await run('get pods -A')).err).toBe('No resources found\n');
  expect(await run('get pod x --ignore-not-found')).toEqual({ out: '', err: '', code: 0 });
  expect((await run(['get', 'pods', '-l', 'a in'])).err).toContain(
    'Unable to find "/v1, Resource=pods" that match label selector "a in", field selector "": ',
  );
});

test('several kinds are parted by an empty line and named by their kind', async () => {
  const { run } = kubectlForTest({ 'pod.yaml': pod });
  await run('apply -f pod.yaml');
  await run('create configmap cfg --from-literal=a=b');
  expect((await run('get cm/cfg pod/web')).out).toBe(
    'NAME            DATA   AGE\nconfigmap/cfg   1      0s\n\nNAME      READY   STATUS    RESTARTS   AGE\npod/web   0/2     Pending   0          0s\n',
  );
});

test('get -w prints each change under the first header, until it is interrupted', async () => {
  const { run, start, settle, simulation } = kubectlForTest({ 'pod.yaml': pod });
  await run('apply -f pod.yaml');
  const watching = start(['get', 'pods', '-w', '-L', 'app']);
  await simulation.runTo(simulation.now() + 100);
  await run('label pod web app=other --overwrite');
  await simulation.runTo(simulation.now() + 100);
  watching.stop();
  expect(await settle(watching.exit)).toBe(130);
  expect(watching.printed.out).toBe(
    'NAME   READY   STATUS    RESTARTS   AGE   APP\nweb    0/2     Pending   0          0s    web\nweb    0/2     Pending   0          0s    other\n',
  );
});

test('label sets, keeps, overwrites and removes', async () => {
  const { run } = kubectlForTest({ 'pod.yaml': pod });
  await run('apply -f pod.yaml');
  expect((await run('label pod web a=b')).out).toBe('pod/web labeled\n');
  expect((await run('label pod web a=b')).out).toBe('pod/web not labeled\n');
  expect((await run('label pod web a=c')).err).toBe("error: 'a' already has a value (b), and --overwrite is false\n");
  expect((await run('label pods --all a=c --overwrite')).out).toBe('pod/web labeled\n');
  expect((await run('label pods -l a=c a-')).out).toBe('pod/web unlabeled\n');
  expect((await run('label pod web a-')).out).toBe('label "a" not found.\npod/web not labeled\n');
});

test('delete waits until the object is gone, and says from where it went', async () => {
  const { run, start, settle, simulation, client } = kubectlForTest({ 'pod.yaml': pod });
  await run('apply -f pod.yaml');
  const deleting = start(['delete', 'pod', 'web']);
  await simulation.runTo(simulation.now() + 5000);
  expect(deleting.printed.out).toBe('pod "web" deleted from default namespace\n');
  expect((await run('get pods')).out).toContain('Terminating');
  await settle(
    client.delete(
      { group: '', version: 'v1', resource: 'pods' },
      { namespace: 'default', name: 'web' },
      { gracePeriodSeconds: 0 },
    ),
  );
  expect(await settle(deleting.exit)).toBe(0);
  expect((await run('delete pod web')).err).toBe('Error from server (NotFound): pods "web" not found\n');
  expect(await run('delete pods --all')).toEqual({ out: 'No resources found\n', err: '', code: 0 });
});

test('exec passes the status through, and says which container it chose', async () => {
  const { run, connections } = kubectlForTest({ 'pod.yaml': pod });
  await run('apply -f pod.yaml');
  const chosen = 'Defaulted container "web" out of: web, side\n';
  expect(await run('exec web -- true')).toEqual({ out: 'exec web/web\n', err: chosen, code: 0 });
  expect(await run('exec web -c side -- false -x')).toEqual({
    out: 'exec web/side\n',
    err: 'command terminated with exit code 1\n',
    code: 1,
  });
  expect(connections.at(-1)).toMatchObject({ command: ['false', '-x'], container: 'side' });
  expect((await run('exec web -c nope -- ls')).err).toBe(
    'error: container nope is not valid for pod web out of: web, side\n',
  );
  expect((await run('logs web side --tail=3')).out).toBe('log web/side\n');
  expect(connections.at(-1)).toMatchObject({ kind: 'log', tailLines: 3 });
});

test('scale and rollout status follow a Deployment', async () => {
  const { run, start, settle, simulation, client } = kubectlForTest();
  expect((await run('create deployment web --image=x')).out).toBe('deployment.apps/web created\n');
  expect((await run('create deployment web --image=x')).err).toBe(
    'error: failed to create deployment: deployments.apps "web" already exists\n',
  );
  expect((await run('scale deploy/web --replicas=2')).out).toBe('deployment.apps/web scaled\n');
  expect((await run('scale deploy/web --replicas=3 --current-replicas=7')).err).toBe(
    'error: Expected replicas to be 7, was 2\n',
  );
  const status = start(['rollout', 'status', 'deployment/web']);
  const report = async (counts: object) => {
    await simulation.runTo(simulation.now() + 100);
    const body = { status: { observedGeneration: 2, replicas: 2, ...counts } };
    const deployments = { group: 'apps', version: 'v1', resource: 'deployments' };
    await settle(
      client.patch(deployments, { namespace: 'default', name: 'web' }, body, { type: 'merge', subresource: 'status' }),
    );
  };
  await report({ updatedReplicas: 1 });
  await report({ updatedReplicas: 2, readyReplicas: 1, availableReplicas: 1 });
  await report({ updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 });
  expect(await settle(status.exit)).toBe(0);
  expect(status.printed.out).toBe(
    'Waiting for deployment spec update to be observed...\n' +
      'Waiting for deployment "web" rollout to finish: 1 out of 2 new replicas have been updated...\n' +
      'Waiting for deployment "web" rollout to finish: 1 of 2 updated replicas are available...\n' +
      'deployment "web" successfully rolled out\n',
  );
});

test('wait ends with the condition, or with its time', async () => {
  const { run, simulation } = kubectlForTest({ 'pod.yaml': pod });
  await run('apply -f pod.yaml');
  expect((await run('wait pod/web --for=jsonpath={.status.phase}=Pending')).out).toBe('pod/web condition met\n');
  const before = simulation.now();
  expect(await run('wait pod/web --for=condition=Ready --timeout=7s')).toEqual({
    out: '',
    err: 'error: timed out waiting for the condition on pods/web\n',
    code: 1,
  });
  expect(Math.round((simulation.now() - before) / 1000)).toBe(7);
  expect((await run('wait pod/gone --for=delete')).code).toBe(0);
  expect((await run('wait pod/web --for=foo')).err).toBe('error: unrecognized condition: "foo"\n');
});

test('describe shows a pod with its events', async () => {
  const { run } = kubectlForTest({ 'pod.yaml': pod });
  await run('apply -f pod.yaml');
  const { out } = await run('describe pod we');
  expect(out).toContain('Name:             web\nNamespace:        default\n');
  expect(out).not.toContain('Events:');
  expect((await run('describe pod web')).out).toContain('Events:           <none>\n');
  expect((await run('describe pod nosuch')).err).toBe('Error from server (NotFound): pods "nosuch" not found\n');
});

test('what is wrong in a file is said with its name; the rest of the file is applied', async () => {
  const { run } = kubectlForTest({
    'two.yaml': `${pod}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: cfg}\n---\na: b\n  c: d\n`,
    'unknown.yaml': 'apiVersion: v1\nkind: Foo\nmetadata: {name: x}\n',
    'field.yaml': pod.replace('spec:', 'spec:\n  foo: 1'),
    'bomb.yaml': `a: &a [x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d]\n`,
    'big.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: big}\ndata: {a: ${'x'.repeat(5_000_000)}}\n`,
    'empty.yaml': '# nothing\n',
  });
  expect(await run('apply -f two.yaml')).toEqual({
    out: 'pod/web created\nconfigmap/cfg created\n',
    err: 'error: error parsing two.yaml: error converting YAML to JSON: yaml: line 2: mapping values are not allowed in this context\n',
    code: 1,
  });
  expect((await run('apply -f unknown.yaml')).err).toBe(
    'error: resource mapping not found for name: "x" namespace: "" from "unknown.yaml": no matches for kind "Foo" in version "v1"\nensure CRDs are installed first\n',
  );
  expect((await run('create -f field.yaml')).err).toContain(
    'error when creating "field.yaml": Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.foo"',
  );
  expect((await run('apply -f bomb.yaml')).err).toBe(
    'error: error parsing bomb.yaml: error converting YAML to JSON: yaml: document contains excessive aliasing\n',
  );
  expect((await run('apply -f big.yaml')).err).toContain('Request entity too large: limit is 3145728');
  expect((await run('apply -f empty.yaml')).err).toBe('error: no objects passed to apply\n');
  expect((await run('apply -f -', pod)).out).toBe('pod/web unchanged\n');
  expect((await run('apply -f folder')).err).toBe(
    'error: error reading [folder]: recognized file extensions are [.json .yaml .yml]\n',
  );
});
