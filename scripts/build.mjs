// Builds the three packages: the recorder, the app with its SQL files, and the page into the app's dist.
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, root, run, stampBuild } from './workspace.mjs';

ensureInstalled();
const bin = (name) => join(root, 'node_modules', '.bin', name);
for (const name of ['trace', 'app']) {
  rmSync(join(root, 'packages', name, 'dist'), { recursive: true, force: true });
  run(bin('tsc'), ['-p', `packages/${name}/tsconfig.build.json`]);
}
for (const folder of ['schema', 'upgrades', 'queries', 'views']) {
  const from = join(root, 'packages/app/src/store', folder);
  for (const file of readdirSync(from)) {
    if (!file.endsWith('.ts')) cpSync(join(from, file), join(root, 'packages/app/dist/store', folder, file));
  }
}
// What every command begins with, and `tacho exec` as a whole, becomes a few files that Node loads at once (decision 13).
const { build } = await import('vite');
await build({
  root: join(root, 'packages/app'),
  configFile: false,
  logLevel: 'warn',
  ssr: { noExternal: true },
  build: {
    ssr: 'dist/cli/process-io.js',
    outDir: 'dist/cli',
    emptyOutDir: false,
    target: 'node20',
    minify: false,
    rolldownOptions: {
      external: /\/commands\/(?!exec\.js$)|\/cli\/command-pricing\.js$/,
      output: {
        format: 'cjs',
        entryFileNames: '[name].cjs',
        chunkFileNames: '[name].cjs',
        comments: false,
        // Each with all that it needs at once: of what they share with what is loaded later there would be more files.
        codeSplitting: {
          groups: [
            { name: 'process-io', test: /\/cli\/process-io\.js$/, priority: 2 },
            { name: 'exec', test: /\/commands\/exec\.js$/, priority: 1 },
          ],
        },
      },
    },
  },
});
run(bin('vite'), ['build', '--logLevel', 'warn'], { cwd: join(root, 'packages/web') });
stampBuild();
