import { defineConfig } from 'vitest/config';

// node:sqlite calls itself experimental on every start of a worker.
const execArgv = ['--disable-warning=ExperimentalWarning'];

export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [
            'test/contracts/**',
            'test/kill/**',
            'test/aws/**',
            'test/fuzz/**',
            'test/infra/deployable/**',
            'test/simulation/simulation.test.ts',
          ],
          testTimeout: 15_000,
          // Of two processors vitest would leave one idle.
          maxWorkers: '100%',
          execArgv,
        },
      },
      {
        test: {
          name: 'simulation',
          include: ['test/simulation/simulation.test.ts'],
          testTimeout: 60_000,
          execArgv,
        },
      },
      {
        test: {
          name: 'contracts',
          include: ['test/contracts/**/*.test.ts'],
          globalSetup: ['test/contracts/java.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          execArgv,
        },
      },
      {
        test: {
          name: 'infra',
          include: ['test/infra/deployable/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          execArgv,
        },
      },
      {
        test: {
          name: 'kill',
          include: ['test/kill/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          execArgv,
        },
      },
      {
        test: {
          name: 'fuzz',
          include: ['test/fuzz/**/*.test.ts'],
          globalSetup: ['test/fuzz/setup.ts'],
          testTimeout: 270_000,
          hookTimeout: 60_000,
          execArgv,
        },
      },
      {
        test: {
          name: 'aws',
          include: ['test/aws/**/*.test.ts'],
          globalSetup: ['test/aws/setup.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          execArgv,
        },
      },
    ],
  },
});
