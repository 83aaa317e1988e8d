// Cost must grow as the work grows: four times the spans, at most a little over four times the time.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openTacho } from '../packages/app/dist/server/open.js';
import { importPaths } from '../packages/app/dist/sources/import.js';
import { telemetryFile } from './corpus.mjs';
import { alternate, within } from './figure.mjs';
import { inFolder } from './tacho.mjs';

const SMALL = 20_000;
const FACTOR = 4;

/** @returns {Promise<import('./figure.mjs').Figure[]>} */
export function benchGrowth() {
  return inFolder(async (folder) => {
    const small = telemetryFile(folder, 'small', SMALL);
    const large = telemetryFile(folder, 'large', SMALL * FACTOR);
    const measure = async (file) => {
      const home = join(folder, 'home');
      rmSync(home, { recursive: true, force: true });
      const tacho = await openTacho({ home });
      const started = performance.now();
      await importPaths([file], { sink: tacho.sink });
      const ms = performance.now() - started;
      await tacho.close();
      return ms;
    };
    const ms = await alternate({ small: () => measure(small), large: () => measure(large) }, 5, 1);
    return [
      within({
        name: `import: growth from ${SMALL.toLocaleString('en')} to ${(SMALL * FACTOR).toLocaleString('en')} spans of one run`,
        unit: 'exponent',
        ours: Math.log(ms.large / ms.small) / Math.log(FACTOR),
        limit: 1.1,
      }),
    ];
  });
}
