import { defineConfig } from 'vitest/config';

/** One project a runner: `unit` and `contract` need nothing but Node; `e2e` a browser and the built site; `kind` a Docker engine. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'src/**/*.test.tsx'],
          setupFiles: ['tests/setup.ts'],
          testTimeout: 20_000,
        },
      },
      { test: { name: 'differential', include: ['tests/differential/**/*.test.ts'], testTimeout: 120_000 } },
      {
        test: {
          name: 'contract',
          include: ['tests/{contract,conformance,labs,docs}/**/*.test.ts'],
          setupFiles: ['tests/setup.ts'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      { test: { name: 'kernel', include: ['tests/kernel/**/*.test.ts'], testTimeout: 300_000 } },
      {
        test: {
          name: 'kind',
          include: ['tests/kind/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
