import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusterSpec, nodeNames } from '../../src/labs/spec/cluster.ts';
import { type KubeObject, LAB_LABEL, type ProbeResult, type Target } from '../../src/labs/target.ts';

/** A target under test; time passes only while `wait` or `pass` runs. */
export interface TargetBench {
  readonly target: Target;
  wait<T>(work: Promise<T>): Promise<T>;
  pass(milliseconds: number): Promise<void>;
  close(): Promise<void>;
}

const SPEC = clusterSpec({
  id: 'contract',
  cluster: { workers: 2, cni: 'kindnet', proxy: 'iptables' },
  changesNode: false,
});
const [, WORKER = '', WORKER2 = ''] = nodeNames(SPEC);
const IMAGE = 'registry.k8s.io/e2e-test-images/agnhost:2.56';

function pod(name: string, node: string, args: readonly string[]) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: name, [LAB_LABEL]: 'contract' } },
    spec: {
      nodeSelector: { 'kubernetes.io/hostname': node },
      terminationGracePeriodSeconds: 1,
      containers: [{ name: 'main', image: IMAGE, imagePullPolicy: 'IfNotPresent', args }],
    },
  };
}

const MANIFESTS = [
  pod('near', WORKER, ['netexec', '--http-port=8080', '--udp-port=8081']),
  pod('far', WORKER2, ['netexec', '--http-port=8080', '--udp-port=8081']),
  pod('client', WORKER, ['pause']),
];
const POD = { apiVersion: 'v1', kind: 'Pod', namespace: 'default' };

/** What every target does alike: the same cases run against the page and against kind. */
export function targetCases(name: string, open: () => Promise<TargetBench>): void {
  describe(`a target (${name})`, () => {
    let bench: TargetBench;
    const addresses: Record<string, string> = {};

    beforeAll(async () => {
      bench = await open();
      const { target, wait } = bench;
      await wait(target.create(SPEC));
      await wait(target.reset());
      await wait(target.apply(MANIFESTS));
      for (const { metadata } of MANIFESTS) addresses[metadata.name] = await running(metadata.name);
    });
    afterAll(async () => {
      await bench.wait(bench.target.reset());
      await bench.close();
    });

    /** The pod's address, once it is ready. */
    async function running(pod: string): Promise<string> {
      for (let tries = 0; tries < 240; tries++) {
        const [object] = await bench.wait(bench.target.get({ ...POD, name: pod }));
        const status = object?.status as { podIP?: string; conditions?: { type: string; status: string }[] };
        const ready = status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True');
        if (ready && status.podIP !== undefined) return status.podIP;
        await bench.pass(500);
      }
      throw new Error(`pod ${pod} does not run`);
    }

    const client = { kind: 'pod', namespace: 'default', name: 'client' } as const;
    const probe = (to: string, from: Parameters<Target['probe']>[0]['from'] = client): Promise<ProbeResult> =>
      bench.wait(bench.target.probe({ from, to, timeoutMs: 2000 }));
    const failure = (work: Promise<unknown>): Promise<string> =>
      bench.wait(
        work.then(
          () => 'none',
          (error: { code?: string; message?: string }) => error.code ?? `no code: ${error.message}`,
        ),
      );

    test('creating again finds the cluster, with its nodes named as kind names them', async () => {
      const info = await bench.wait(bench.target.create(SPEC));
      expect(info).toMatchObject({ name: SPEC.name, nodes: nodeNames(SPEC) });
      expect(info.version).toMatch(/^v1\.37\./);
      const nodes = await bench.wait(bench.target.get({ apiVersion: 'v1', kind: 'Node' }));
      expect(nodes.map(({ metadata }) => metadata.name).sort()).toEqual([...nodeNames(SPEC)].sort());
    });

    test('objects: by name, by label, none, an unknown kind', async () => {
      const { target, wait } = bench;
      const names = (objects: readonly KubeObject[]) => objects.map(({ metadata }) => metadata.name).sort();
      expect(names(await wait(target.get({ ...POD, name: 'near' })))).toEqual(['near']);
      expect(names(await wait(target.get({ ...POD, labelSelector: `${LAB_LABEL}=contract` })))).toEqual([
        'client',
        'far',
        'near',
      ]);
      expect(await wait(target.get({ ...POD, name: 'nobody' }))).toEqual([]);
      expect(await failure(target.get({ apiVersion: 'v1', kind: 'Pood' }))).toBe('notFound');
    });

    test('pods run where their selector says, with addresses of their nodes', async () => {
      const [near] = await bench.wait(bench.target.get({ ...POD, name: 'near' }));
      const [far] = await bench.wait(bench.target.get({ ...POD, name: 'far' }));
      expect(near).toMatchObject({ spec: { nodeName: WORKER } });
      expect(far).toMatchObject({ spec: { nodeName: WORKER2 } });
      expect(addresses.near).toMatch(/^10\.244\.\d+\.\d+$/);
      expect(addresses.near?.split('.')[2]).not.toBe(addresses.far?.split('.')[2]);
    });

    test('exec: code, output and errors apart, in pods, on nodes and outside', async () => {
      const { target, wait } = bench;
      const script = ['sh', '-c', 'echo out; echo err >&2; exit 3'];
      for (const place of [client, { kind: 'node', name: WORKER }, { kind: 'outside' }] as const) {
        expect(await wait(target.exec(place, script)), place.kind).toEqual({
          code: 3,
          stdout: 'out\n',
          stderr: 'err\n',
        });
      }
      const routes = await wait(target.exec({ kind: 'node', name: WORKER }, ['ip', 'route']));
      expect(routes.stdout).toContain(`${addresses.near} dev veth`);
    });

    test('exec: no such place, and too long', async () => {
      const { target } = bench;
      const nobody = { ...client, name: 'nobody' };
      expect(await failure(target.exec(nobody, ['true']))).toBe('notFound');
      expect(await failure(target.exec({ kind: 'node', name: 'nowhere' }, ['true']))).toBe('notFound');
      expect(await failure(target.exec(client, ['sleep', '60'], { timeoutMs: 1000 }))).toBe('timeout');
    });

    test('probes: a reply names its pod, and the source that the server saw', async () => {
      for (const name of ['near', 'far']) {
        const at = `http://${addresses[name]}:8080`;
        expect(await probe(`${at}/hostname`)).toMatchObject({ outcome: 'reply', status: 200, body: name, pod: name });
        expect(await probe(`${at}/clientip`)).toMatchObject({ outcome: 'reply', source: addresses.client });
        expect(await probe(`tcp://${addresses[name]}:8080`)).toMatchObject({ outcome: 'reply' });
      }
    });

    test('probes from a node and from outside the cluster', async () => {
      const at = `http://${addresses.near}:8080/hostname`;
      expect(await probe(at, { kind: 'node', name: WORKER })).toMatchObject({ outcome: 'reply', pod: 'near' });
      expect(await probe(at, { kind: 'node', name: WORKER2 })).toMatchObject({ outcome: 'reply', pod: 'near' });
    });

    test('probes: a protocol that no target speaks is refused by name', async () => {
      await expect(probe(`udp://${addresses.far}:8081`)).rejects.toMatchObject({
        code: 'unsupported',
        message: expect.stringContaining('Probes speak http, tcp and icmp'),
      });
    });

    test('probes: refused at once, a name that is none', async () => {
      expect(await probe(`http://${addresses.far}:9/`)).toMatchObject({ outcome: 'refused' });
      expect(await probe(`tcp://${addresses.near}:9`)).toMatchObject({ outcome: 'refused' });
      expect(
        await failure(
          bench.target.probe({ from: { ...client, name: 'nobody' }, to: 'tcp://1.2.3.4:1', timeoutMs: 1000 }),
        ),
      ).toBe('notFound');
    });

    test("the learner's commands: folder, variables, kubectl and hop", async () => {
      const { target, wait } = bench;
      await wait(target.folder.write('note.txt', 'kept\n'));
      const said: string[] = [];
      target.serve({
        answer: async (text) => {
          said.push(text);
          return { right: text === '42', message: 'So you say.' };
        },
        edit: () => {},
      });
      const run = (script: string) => wait(target.run(script));
      expect(await run('cat note.txt; echo $WORKER $WORKER2 $CONTROL_PLANE')).toMatchObject({
        code: 0,
        stdout: `kept\n${nodeNames(SPEC).slice(1).join(' ')} ${nodeNames(SPEC)[0]}\n`,
      });
      expect(await run("kubectl get pod near -o jsonpath='{.status.podIP}'")).toMatchObject({
        code: 0,
        stdout: addresses.near,
      });
      expect(await run('kubectl get pod nobody')).toMatchObject({
        code: 1,
        stderr: 'Error from server (NotFound): pods "nobody" not found\n',
      });
      expect(await run('hop answer 42')).toMatchObject({ code: 0, stdout: 'So you say.\n' });
      expect(await run('hop answer 41')).toMatchObject({ code: 1 });
      expect(said).toEqual(['42', '41']);
      expect((await run('hop node $WORKER -- hostname')).stdout).toBe(`${WORKER}\n`);
      expect((await run('hop node $WORKER -- ping -c 1 127.0.0.1')).code).not.toBe(0);
      expect((await run('hop node $WORKER --tools -- ping -c 1 127.0.0.1')).code).toBe(0);
      expect((await run('hop node worker2 -- hostname')).stdout).toBe(`${WORKER2}\n`);
    });

    test('changes are told until the signal aborts', async () => {
      const { target, wait, pass } = bench;
      const seen: string[] = [];
      const over = new AbortController();
      const kinds = [{ apiVersion: 'v1', kind: 'ConfigMap' }];
      target.watch(kinds, ({ type, object }) => seen.push(`${type} ${object.metadata.name}`), over.signal);
      await pass(2000);
      const map = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' } });
      await wait(target.apply([map('told')]));
      await pass(2000);
      over.abort();
      await wait(target.apply([map('untold')]));
      await pass(2000);
      expect(seen).toContain('ADDED told');
      expect(seen).not.toContain('ADDED untold');
    });

    test('the terminal: a prompt, a command, its end, the shell’s exit', async () => {
      const { target, wait, pass } = bench;
      const terminal = await wait(target.terminal({ columns: 80, rows: 24 }));
      let shown = '';
      const prompts: boolean[] = [];
      let exit: number | undefined;
      terminal.onData((data) => {
        shown += data;
        terminal.ack(data.length);
      });
      terminal.onPrompt((ready) => prompts.push(ready));
      terminal.onExit((code) => (exit = code));
      const until = async (met: () => boolean, what: string) => {
        for (let tries = 0; !met() && tries < 100; tries++) await pass(100);
        expect(met(), `${what}; shown: ${JSON.stringify(shown)}`).toBe(true);
      };
      await until(() => terminal.atPrompt(), 'the first prompt');
      prompts.length = 0;
      terminal.write('echo $((6*7))-$WORKER\r');
      await until(() => shown.includes(`42-${WORKER}`) && terminal.atPrompt(), 'the command');
      expect(prompts.at(-1)).toBe(true);
      expect(prompts).toContain(false);
      terminal.write('exit 4\r');
      await until(() => exit !== undefined, 'the exit');
      expect(exit).toBe(4);
    });

    test('reset: nothing that a lab or a learner made is left', async () => {
      const { target, wait } = bench;
      await wait(target.run('kubectl create configmap mine --from-literal=a=b; kubectl create namespace own'));
      await wait(target.reset());
      expect(await wait(target.get(POD))).toEqual([]);
      const maps = await wait(target.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default' }));
      expect(maps.map(({ metadata }) => metadata.name)).toEqual(['kube-root-ca.crt']);
      expect(await wait(target.get({ apiVersion: 'v1', kind: 'Namespace', name: 'own' }))).toEqual([]);
    });
  });
}
