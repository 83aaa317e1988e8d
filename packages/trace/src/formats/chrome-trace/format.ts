import type { Format, Head } from '../format.ts';
import { writeChromeTrace } from './write.ts';

/** Trace Event JSON: `{"traceEvents": [` or a bare array of events, each with a phase. */
const OBJECT = /^\s*\{[\s\S]*?"traceEvents"\s*:\s*\[/;
const EVENT = /^\s*(?:\{[\s\S]*?"traceEvents"\s*:\s*)?\[\s*\{[^{}]*"ph"\s*:\s*"[A-Za-z(),]"/;

export const chromeTrace: Format = {
  name: 'chrome-trace',
  title: 'Chrome trace (Perfetto, Speedscope)',
  detect(head: Head) {
    if (EVENT.test(head.text)) return 0.95;
    if (OBJECT.test(head.text)) return 0.9;
    const named = head.name !== undefined && /(^|[._-])trace\.json(\.gz)?$/i.test(head.name);
    return named && head.text.trim() === '' ? 0.2 : 0;
  },
  write: writeChromeTrace,
};
