import { expect, test } from 'vitest';
import { clusterName, clusterSpec, kindConfig, nodeNames, nodeVariables } from './cluster.ts';
import { parseField } from './field.ts';
import { nearest } from './nearest.ts';
import { placeIn } from './place.ts';
import { referenceMarkdown, referenceRows } from './reference.ts';
import { fillIn, fillInAll, namesIn } from './text.ts';

const usual = { workers: 2, cni: 'kindnet', proxy: 'iptables' } as const;

test('equal clusters have one name, others another, and an owned one the name of its lab', () => {
  expect(clusterName(usual)).toBe('hop-lab');
  expect(clusterName({ ...usual, proxy: 'nftables' })).toBe('hop-lab-kindnet-nftables-2');
  expect(clusterSpec({ id: 'pods', cluster: usual, changesNode: true }).name).toBe('hop-pods');
});

test('nodes are named as kind names them, and stand behind $WORKER and its like', () => {
  const spec = clusterSpec({ id: 'pods', cluster: usual, changesNode: false });
  expect(nodeNames(spec)).toEqual(['hop-lab-control-plane', 'hop-lab-worker', 'hop-lab-worker2']);
  expect(nodeVariables(spec)).toEqual({
    CONTROL_PLANE: 'hop-lab-control-plane',
    WORKER: 'hop-lab-worker',
    WORKER2: 'hop-lab-worker2',
  });
});

test('the kind configuration follows the cluster', () => {
  const spec = clusterSpec({ id: 'pods', cluster: { ...usual, proxy: 'nftables' }, changesNode: false });
  expect(kindConfig(spec)).toMatchObject({
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    networking: { kubeProxyMode: 'nftables', podSubnet: '10.244.0.0/16', apiServerAddress: '127.0.0.1' },
    nodes: [{ role: 'control-plane' }, { role: 'worker' }, { role: 'worker' }],
  });
});

test('names are filled in where they are known; shell and Kubernetes keep theirs', () => {
  const variables = { WORKER: 'w1', WORKER2: 'w2' };
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what is read.
  expect(fillIn('$WORKER ${WORKER2} $HOME $1 $(POD_IP) $WORKER22', variables)).toBe(
    'w1 w2 $HOME $1 $(POD_IP) $WORKER22',
  );
  expect(fillInAll({ a: ['$WORKER', 1, null], $WORKER: true }, variables)).toEqual({
    a: ['w1', 1, null],
    $WORKER: true,
  });
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what is read.
  expect(namesIn('http://$at:80/${path}')).toEqual(['at', 'path']);
});

test('fields of objects', () => {
  expect(parseField('{.status.podIP} of pod/web')).toEqual({
    path: '{.status.podIP}',
    query: { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'web' },
  });
  expect(parseField('{.items[*].metadata.name} of pods -l app=web,tier!=x -n shop')).toEqual({
    path: '{.items[*].metadata.name}',
    query: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', labelSelector: 'app=web,tier!=x' },
  });
  expect(parseField('{.status} of deploy/web')).toMatchObject({ query: { apiVersion: 'apps/v1', kind: 'Deployment' } });
  expect(parseField('{.x} of node/worker')).toMatchObject({ query: { kind: 'Node', name: 'worker' } });
  expect(parseField('{.x} of pod/web -l a=b')).toHaveProperty('expected');
});

test('places', () => {
  expect(placeIn('hop-lab', 'node/worker2')).toEqual({ kind: 'node', name: 'hop-lab-worker2' });
  expect(placeIn('hop-lab', 'pod/web')).toEqual({ kind: 'pod', namespace: 'default', name: 'web' });
  expect(placeIn('hop-lab', 'pod/shop/web')).toEqual({ kind: 'pod', namespace: 'shop', name: 'web' });
  expect(() => placeIn('hop-lab', 'here')).toThrow('"here" is no place');
});

test('the nearest word is near', () => {
  expect(nearest('minuets', ['title', 'minutes'])).toBe('minutes');
  expect(nearest('Podd', ['Node', 'Pod'])).toBe('Pod');
  expect(nearest('zzz', ['Node', 'Pod'])).toBeUndefined();
});

test("the authors' reference has every field of the schema", () => {
  const fields = referenceRows().map(({ field }) => field);
  for (const field of ['title', 'cluster.workers', 'steps[].checks[].probe.expect.status', 'steps[].wrong[].fails']) {
    expect(fields).toContain(field);
  }
  expect(new Set(fields).size).toBe(fields.length);
  expect(referenceMarkdown()).toContain('| `cluster.proxy` | `iptables` or `nftables` |  | The mode of kube-proxy.');
});
