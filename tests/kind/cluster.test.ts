import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ClusterSpec } from '../../src/labs/target.ts';
import { courseClusters, deleteCluster, ensureCluster } from '../../src/labs/targets/kind/cluster.ts';
import { ownNodes } from '../../src/labs/targets/kind/docker.ts';
import { nodeImage } from '../../src/labs/targets/kind/image.ts';
import { run } from '../../src/labs/targets/kind/run.ts';
import { kindLeftOut } from './available.ts';
import { testFolder } from './bench.ts';

/** The smallest cluster there is. */
const SPEC: ClusterSpec = { name: 'hop-mended', workers: 0, cni: 'kindnet', proxy: 'iptables' };

const reason = await kindLeftOut();
if (reason !== undefined) console.warn(`Left out: ${reason}`);

describe.skipIf(reason !== undefined)('clusters of the course', () => {
  const { data, folder, remove } = testFolder();
  afterAll(async () => {
    await deleteCluster(folder, SPEC.name);
    remove();
  });
  const ensure = async () => {
    const said: string[] = [];
    const started = performance.now();
    const access = await ensureCluster(folder, SPEC, (message) => said.push(message));
    return { access, said, milliseconds: performance.now() - started };
  };

  test('one that is half made is made again; another cluster that is current stays current', async () => {
    // The learner's own kubeconfig, with a cluster of theirs.
    const theirs = join(data, '.kube', 'config');
    mkdirSync(join(data, '.kube'));
    writeFileSync(theirs, 'apiVersion: v1\nkind: Config\ncurrent-context: prod\n');
    const before = readFileSync(theirs, 'utf8');
    const { HOME, KUBECONFIG } = process.env;
    process.env.HOME = data;
    process.env.KUBECONFIG = theirs;
    try {
      const stop = new AbortController();
      const begun = ensureCluster(
        folder,
        SPEC,
        // kind is killed in the middle of its work: nodes are there, Kubernetes isn't.
        (message) => /Starting control-plane/.test(message) && stop.abort(new Error('killed')),
        stop.signal,
      );
      await expect(begun).rejects.toThrow('killed');
      expect(await ownNodes(SPEC.name)).toHaveLength(1);
      expect(await courseClusters(folder)).toContainEqual({ name: SPEC.name, nodes: 1, state: 'half made' });
      const { access, said } = await ensure();
      expect(said.join('\n')).toContain('half made');
      expect(access.context).toBe('kind-hop-mended');
      expect(readFileSync(theirs, 'utf8')).toBe(before);
    } finally {
      process.env.HOME = HOME;
      if (KUBECONFIG === undefined) delete process.env.KUBECONFIG;
      else process.env.KUBECONFIG = KUBECONFIG;
    }
  });

  test('a warm one is taken within five seconds, without a word', async () => {
    const { said, milliseconds } = await ensure();
    expect(said).toEqual([]);
    expect(milliseconds).toBeLessThan(5000);
  });

  test('one whose nodes were stopped is started', async () => {
    await run('docker', ['stop', '--time', '2', 'hop-mended-control-plane']);
    expect(await courseClusters(folder)).toContainEqual({ name: SPEC.name, nodes: 1, state: 'stopped' });
    const { said } = await ensure();
    expect(said[0]).toContain('Starting the nodes');
    expect(await courseClusters(folder)).toContainEqual({ name: SPEC.name, nodes: 1, state: 'running' });
  });

  test("somebody else's containers are left alone, whatever they are called", async () => {
    const label = 'io.x-k8s.kind.cluster=hop-theirs';
    const flags = ['--detach', '--label', label, '--name', 'hop-theirs-control-plane', '--entrypoint', 'sleep'];
    const started = await run('docker', ['run', ...flags, nodeImage(), '600']);
    expect(started.code, started.stderr).toBe(0);
    try {
      expect((await courseClusters(folder)).map(({ name }) => name)).not.toContain('hop-theirs');
      await expect(ensureCluster(folder, { ...SPEC, name: 'hop-theirs' }, () => {})).rejects.toMatchObject({
        code: 'forbidden',
      });
      await expect(deleteCluster(folder, 'hop-theirs')).rejects.toMatchObject({ code: 'forbidden' });
      await expect(deleteCluster(folder, 'theirs')).rejects.toMatchObject({ code: 'forbidden' });
      const { stdout } = await run('docker', ['inspect', '--format', '{{.State.Running}}', 'hop-theirs-control-plane']);
      expect(stdout.trim()).toBe('true');
    } finally {
      await run('docker', ['rm', '--force', 'hop-theirs-control-plane']);
    }
  });
});
