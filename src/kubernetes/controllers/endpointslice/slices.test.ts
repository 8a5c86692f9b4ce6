import { array, assert, integer, property, uniqueArray } from 'fast-check';
import { expect, test } from 'vitest';
import type { Endpoint, EndpointSlice } from '../../types/service.ts';
import { planSlices } from './slices.ts';

const ports = [{ name: '', port: 80, protocol: 'TCP' as const }];

function endpoint(number: number): Endpoint {
  return { addresses: [`10.0.${number >> 8}.${number & 255}`], targetRef: { uid: String(number) } };
}

/** Carries a plan out. */
function apply(
  slices: readonly EndpointSlice[],
  wanted: readonly number[],
): { slices: EndpointSlice[]; writes: number } {
  const { create, update, remove } = planSlices(
    slices,
    wanted.length === 0 ? [] : [{ ports, endpoints: wanted.map(endpoint) }],
  );
  const kept = slices
    .filter((slice) => !remove.includes(slice))
    .map((slice) => ({
      ...slice,
      endpoints: update.find((one) => one.slice === slice)?.endpoints ?? slice.endpoints ?? [],
    }));
  const made = create.map(
    (one, i): EndpointSlice => ({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `made-${slices.length}-${i}` },
      addressType: 'IPv4',
      ...one,
    }),
  );
  return { slices: [...kept, ...made], writes: create.length + update.length + remove.length };
}

test('after any changes the slices hold each endpoint once, at most 100 each, and nothing more', () => {
  const sets = array(uniqueArray(integer({ min: 0, max: 400 }), { maxLength: 350 }), { minLength: 1, maxLength: 6 });
  assert(
    property(sets, (wishes) => {
      let slices: EndpointSlice[] = [];
      for (const wanted of wishes) {
        slices = apply(slices, wanted).slices;
        const all = slices.flatMap(({ endpoints }) => endpoints ?? []);
        expect(all.map(({ targetRef }) => Number(targetRef?.uid)).toSorted((a, b) => a - b)).toEqual(
          wanted.toSorted((a, b) => a - b),
        );
        expect(slices.every(({ endpoints }) => (endpoints?.length ?? 0) <= 100)).toBe(true);
        // Converged: nothing more to write.
        expect(apply(slices, wanted).writes).toBe(0);
      }
    }),
  );
});

test('one endpoint more in 250 is one write', () => {
  const all = Array.from({ length: 250 }, (_, i) => i);
  const { slices } = apply([], all);
  expect(slices.map(({ endpoints }) => endpoints?.length)).toEqual([100, 100, 50]);
  expect(apply(slices, [...all, 300]).writes).toBe(1);
  expect(apply(slices, all.slice(1)).writes).toBe(1);
});
