import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/rig/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // On a shared machine a browser or a host may be late once; what was tried twice is marked so in the output.
    retry: process.env.CI === 'true' ? 1 : 0,
    reporters: ['default'],
  },
});
