import { env } from 'node:process';
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

/** `npm run dev -w packages/web` talks to the server that TACHO_URL names. */
const server = env.TACHO_URL ?? 'http://127.0.0.1:7330';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  resolve: { conditions: ['tacho-source', ...defaultClientConditions] },
  worker: { format: 'es' },
  build: {
    outDir: '../app/dist/web',
    emptyOutDir: true,
    target: 'es2023',
    // Data URLs would need holes in the Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // One page, one file: what it may weigh (300 kB compressed) is measured in bench/, not by the bundler.
    chunkSizeWarningLimit: 1000,
  },
  server: {
    proxy: {
      '/api': { target: server, changeOrigin: true },
      '/events': { target: server, changeOrigin: true },
    },
  },
});
