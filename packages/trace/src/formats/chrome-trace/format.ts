import type { Format, Head } from '../format.ts';
import { readChromeTrace } from './read.ts';
import { writeChromeTrace } from './write.ts';

/** Trace Event JSON: `{"traceEvents": [`, or a bare array of objects that have a phase and a process or a time. */
const OBJECT = /^\s*\{[\s\S]*?"traceEvents"\s*:\s*\[/;
const ARRAY = /^\s*\[\s*\{/;
const PHASE = /"ph"\s*:\s*"[A-Za-z(),]"/;
const PLACE = /"(?:pid|tid|ts)"\s*:/;

export const chromeTrace: Format = {
  name: 'chrome-trace',
  title: 'Chrome trace (Perfetto, Speedscope)',
  detect(head: Head) {
    const start = head.text.slice(0, 8192);
    if (ARRAY.test(start) && PHASE.test(start) && PLACE.test(start)) return 0.95;
    if (OBJECT.test(head.text)) return 0.95;
    const named = head.name !== undefined && /(^|[._-])trace\.json(\.gz)?$/i.test(head.name);
    return named && head.text.trim() === '' ? 0.2 : 0;
  },
  read: readChromeTrace,
  write: writeChromeTrace,
};
