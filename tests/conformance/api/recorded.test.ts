import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Operation } from '../../../src/kubernetes/api/operation.ts';
import { serverForTest } from '../../../src/kubernetes/api/server-for-test.ts';
import { scrub } from './scrub.ts';

interface Case {
  readonly title: string;
  /** Until it is asked, in ms: what the server does by itself takes its time. */
  readonly wait?: number;
  readonly operation: Omit<Operation, 'user'>;
  readonly answer: unknown;
}

// What a real API server of this release answered to the same requests in the same order.
for (const file of readdirSync(import.meta.dirname).filter((name) => name.endsWith('.generated.json'))) {
  describe(file, () => {
    const cases = JSON.parse(readFileSync(`${import.meta.dirname}/${file}`, 'utf8')) as readonly Case[];
    const { server, simulation } = serverForTest();
    for (const { title, wait = 0, operation, answer } of cases) {
      test(title, async () => {
        await simulation.runTo(simulation.now() + wait);
        const given = server.handle({ ...operation, user: 'recorder' });
        const body = 'body' in given ? JSON.parse(JSON.stringify(given.body)) : null;
        const warnings = 'body' in given ? given.warnings : undefined;
        expect(scrub({ code: given.code, body, ...(warnings && { warnings }) })).toEqual(answer);
      });
    }
  });
}
