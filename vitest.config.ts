import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles: ['tests/property-seed.ts'],
          include: ['src/**/*.test.ts', 'scripts/**/*.test.ts', 'tests/tidy/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      // The tests of the built command and of the page start cargo and Chromium: one file at a time.
      {
        test: {
          name: 'command',
          include: ['tests/command/**/*.test.ts'],
          testTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          testTimeout: 120_000,
          // A Chromium that was just installed takes more than the default of 10 s for its first start.
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
