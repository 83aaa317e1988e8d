// What `tacho exec` adds to the time of the command that it measures.
import { atMost, median, within } from './figure.mjs';
import { inFolder, runTacho, timed } from './tacho.mjs';

const ROUNDS = 15;

/** @returns {Promise<import('./figure.mjs').Figure[]>} */
export function benchExec() {
  return inFolder(async (folder) => {
    const times = { bare: [], node: [], exec: [] };
    for (let round = 0; round < ROUNDS; round++) {
      times.bare.push((await timed('true', [], { cwd: folder })).ms);
      times.node.push((await timed(process.execPath, ['-e', '0'], { cwd: folder })).ms);
      times.exec.push((await runTacho(['exec', '--', 'true'], { cwd: folder })).ms);
    }
    const added = median(times.exec) - median(times.bare);
    return [
      within({ name: 'tacho exec: added to `true`', unit: 'ms', ours: added, limit: 150 }),
      atMost({
        name: 'tacho exec: added to `true`',
        unit: 'ms',
        ours: added,
        beside: median(times.node),
        besideName: 'an empty Node program',
        maxRatio: 3,
      }),
    ];
  });
}
