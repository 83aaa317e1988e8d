// `npm start`: installs and builds what is missing or stale, then runs Tacho. Arguments after `--` go to `tacho serve`.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, root } from './workspace.mjs';

ensureInstalled();
ensureBuilt();
const tacho = spawn(
  process.execPath,
  [join(root, 'packages/app/bin/tacho.js'), 'serve', ...process.argv.slice(2)],
  {
    stdio: 'inherit',
  },
);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => tacho.kill(signal));
tacho.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
