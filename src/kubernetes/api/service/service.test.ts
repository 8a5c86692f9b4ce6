import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Service } from '../../types/service.ts';
import type { Operation, Verb } from '../operation.ts';
import { core, serverForTest } from '../server-for-test.ts';

const services = core('services');
const addresses = { group: 'networking.k8s.io', version: 'v1', resource: 'ipaddresses' };
const port = { port: 80 };

/** What is read of an answer, be it a Service or a Status. */
type Refused = { readonly message: string; readonly code: number };

function cluster() {
  const { ask, handle } = serverForTest();
  const create = (name: string, spec: object, rest: Partial<Operation> = {}) => {
    const body = { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec };
    return ask('create', services, { namespace: 'default', body, ...rest }) as Service & Refused;
  };
  const on = (verb: Verb, name: string, rest: Partial<Operation> = {}) =>
    ask(verb, services, { namespace: 'default', name, ...rest }) as Service & Refused;
  const held = () =>
    (ask('list', addresses) as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name);
  return { create, on, held, ask, handle };
}

describe('addresses', () => {
  test('the server has its own Service, with the first address', () => {
    const { on, held } = cluster();
    expect(on('get', 'kubernetes').spec.clusterIP).toBe('10.96.0.1');
    expect(held()).toEqual(['10.96.0.1']);
  });

  test('are free ones out of the upper band, held by an IPAddress until the Service is gone', () => {
    const { create, on, held } = cluster();
    const { spec } = create('a', { ports: [port] });
    const [, , third = 0, last = 0] = (spec.clusterIP ?? '').split('.').map(Number);
    expect(third * 256 + last).toBeGreaterThan(256);
    expect(held()).toContain(spec.clusterIP);
    on('delete', 'a');
    expect(held()).toEqual(['10.96.0.1']);
  });

  test('that are asked for are given once', () => {
    const { create } = cluster();
    expect(create('a', { clusterIP: '10.96.0.10', ports: [port] }).spec.clusterIPs).toEqual(['10.96.0.10']);
    expect(create('b', { clusterIP: '10.96.0.10', ports: [port] }).message).toBe(
      'Service "b" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.10"]: failed to allocate IP 10.96.0.10: provided IP is already allocated',
    );
  });

  test('are not taken by what is refused or by a dry run', () => {
    const { create, held } = cluster();
    expect(create('a', { clusterIP: '10.96.0.10', ports: [{ port: 0 }] }).code).toBe(422);
    expect(create('a', { ports: [port] }, { options: { dryRun: true } }).spec.clusterIP).toBe('10.96.0.0');
    expect(held()).toEqual(['10.96.0.1']);
  });

  test('go with the type and come back with it', () => {
    const { create, on, held } = cluster();
    create('a', { ports: [port] });
    const patch = (spec: object) => on('patch', 'a', { patchType: 'merge', body: { spec } });
    expect(patch({ type: 'ExternalName', externalName: 'example.com' }).spec).toEqual({
      type: 'ExternalName',
      externalName: 'example.com',
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
      sessionAffinity: 'None',
    });
    expect(held()).toEqual(['10.96.0.1']);
    expect(patch({ type: 'ClusterIP', externalName: null }).spec.clusterIP).toMatch(/^10\.96\./);
    expect(held()).toHaveLength(2);
  });
});

describe('node ports', () => {
  test('are shared by a port of two protocols and kept over updates', () => {
    const { create, on } = cluster();
    const ports = [
      { name: 'a', port: 53, protocol: 'UDP' },
      { name: 'b', port: 53, protocol: 'TCP' },
    ];
    const { spec } = create('dns', { type: 'NodePort', ports });
    const [first, second] = spec.ports ?? [];
    expect(first?.nodePort).toBe(second?.nodePort);
    expect(first?.nodePort).toBeGreaterThanOrEqual(30086);
    const again = on('patch', 'dns', { patchType: 'merge', body: { spec: { ports } } });
    expect(again.spec.ports).toEqual(spec.ports);
  });

  test('are given back when the type no longer has them', () => {
    const { create, on } = cluster();
    const wanted = { type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] };
    create('a', wanted);
    expect(create('b', wanted).message).toBe(
      'Service "b" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated',
    );
    const plain = on('patch', 'a', { patchType: 'merge', body: { spec: { type: 'ClusterIP' } } });
    expect(plain.spec.ports).toEqual([{ port: 80, protocol: 'TCP', targetPort: 80 }]);
    expect(create('b', wanted).spec.ports?.[0]?.nodePort).toBe(30080);
  });
});

/** Whatever is asked, in whatever order, no two Services hold the same address or node port, and nothing leaks. */
test('allocators never give twice', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const spec = fc.record(
    {
      type: fc.constantFrom('ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'),
      externalName: fc.constantFrom('example.com', null),
      externalTrafficPolicy: fc.constantFrom('Local', 'Cluster', null),
      clusterIP: fc.constantFrom('None', '10.96.0.7', '10.96.0.8', null),
      ports: fc.array(
        fc.record(
          {
            name: fc.constantFrom('x', 'y'),
            port: fc.constantFrom(80, 81),
            nodePort: fc.constantFrom(30007, 30008, 99),
            protocol: fc.constantFrom('TCP', 'UDP'),
          },
          { requiredKeys: ['name', 'port'] },
        ),
        { maxLength: 3 },
      ),
    },
    { requiredKeys: [] },
  );
  const step = fc.record({ verb: fc.constantFrom('create', 'patch', 'delete'), name, spec, dryRun: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const { on, create, held, ask } = cluster();
      for (const { verb, name, spec, dryRun } of steps) {
        const options = { dryRun };
        if (verb === 'create') create(name, spec, { options });
        else if (verb === 'delete') on('delete', name, { options });
        else on('patch', name, { patchType: 'merge', body: { spec }, options });
        const { items } = ask('list', services) as { items: Service[] };
        const ips = items.flatMap(({ spec }) => (spec.clusterIP && spec.clusterIP !== 'None' ? [spec.clusterIP] : []));
        expect([...ips].sort()).toEqual(held().sort());
        expect(new Set(ips).size).toBe(ips.length);
        const ports = items.flatMap(({ metadata, spec }) => [
          ...new Set((spec.ports ?? []).flatMap(({ nodePort }) => (nodePort ? [nodePort] : []))),
          ...(spec.healthCheckNodePort ? [spec.healthCheckNodePort] : []),
          ...(metadata.name === '' ? [0] : []),
        ]);
        expect(new Set(ports).size).toBe(ports.length);
      }
    }),
    { numRuns: 50 },
  );
});
