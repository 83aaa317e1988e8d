import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Tests run the sources themselves: the packages' `tacho-source` export condition points there.
  resolve: { conditions: ['tacho-source'] },
  ssr: { resolve: { conditions: ['tacho-source'], externalConditions: ['tacho-source'] } },
  test: {
    include: ['packages/**/src/**/*.test.{ts,tsx}', 'tests/**/*.test.ts'],
    setupFiles: ['tests/property-seed.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    server: { deps: { inline: [/@tacho\/trace/] } },
  },
});
