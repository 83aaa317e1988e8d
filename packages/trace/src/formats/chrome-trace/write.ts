import type { JsonObject } from '../../model/json.ts';
import type { Run } from '../../model/run.ts';
import type { Span } from '../../model/span.ts';
import { usToIso } from '../../model/time.ts';
import { eventFields, recordsOf, spanRecords } from '../run-records.ts';
import { argsOf, cut, flatObject } from './args.ts';
import { counterEvents } from './counters.ts';
import { type Drawing, draw, INSTANT, startOf, tidOf } from './drawing.ts';
import { PID, type TraceEvent } from './events.ts';
import { flowEvents } from './flows.ts';
import { beside, fits, OWN, type OwnPart, shownEvent, shownFields } from './own-record.ts';

/** Characters gathered before a piece is handed out. */
const PIECE_CHARS = 64 * 1024;

/**
 * The run as Trace Event JSON, object form, in pieces: what Perfetto, chrome://tracing and Speedscope open. Slices of one
 * thread only nest or follow. What no viewer shows stands under a key of our own, so that reading the file gives the same
 * run, except for payloads of more than 4096 characters. Write the pieces to a new file and rename it: viewers refuse an object that is cut off.
 */
export function* writeChromeTrace(run: Run): Generator<string, void, undefined> {
  const drawing = draw(run);
  const head = { displayTimeUnit: 'ms', metadata: metadataOf(drawing), [OWN]: aboutRun(run) };
  let piece = `${JSON.stringify(head).slice(0, -1)},"traceEvents":[`;
  let separator = '\n';
  for (const event of events(drawing)) {
    piece += separator + JSON.stringify(event);
    separator = ',\n';
    if (piece.length < PIECE_CHARS) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}\n]}\n`;
}

/** Scalars only: Perfetto shows these as a table, and nothing else of the head. */
function metadataOf({ run, originUs }: Drawing): Record<string, string | number | undefined> {
  return {
    producer: 'tacho',
    run_id: run.runId,
    run_name: cut(run.name),
    status: run.status,
    session_id: run.sessionId,
    start_us: originUs,
    start: isoOf(originUs),
  };
}

/** The run's own records: those before its spans, and those behind them. In front, so that a reader knows the run's id. */
function aboutRun(run: Run): JsonObject {
  const [start, ...rest] = recordsOf({ ...run, spans: [] });
  return { version: 1, before: [start!], after: rest.map(({ run_id: _, ...record }) => record) };
}

/** Undefined outside the years that a date can have: hostile input must not cost the export. */
function isoOf(us: number): string | undefined {
  return Math.abs(us) <= 8.64e18 ? usToIso(us) : undefined;
}

function* events(drawing: Drawing): Generator<TraceEvent, void, undefined> {
  yield* laneEvents(drawing);
  for (const no of drawing.sequence) yield* spanEvents(drawing, no);
  yield* flowEvents(drawing);
  yield* counterEvents(drawing);
}

function* laneEvents(drawing: Drawing): Generator<TraceEvent, void, undefined> {
  const { run, layout, firstTid } = drawing;
  const who = run.labels.agent ?? run.spans.find((span) => span.model !== undefined)?.model;
  const name = `run ${run.name}${who === undefined ? '' : ` · ${who}`}`;
  yield { name: 'process_name', ph: 'M', pid: PID, args: { name: cut(name) } };
  let order = 0;
  for (const [at, lane] of layout.lanes.entries()) {
    for (let row = 0; row < lane.rows; row++) {
      const of = { ph: 'M' as const, pid: PID, tid: firstTid[at]! + row };
      const label = row === 0 ? lane.name : `${lane.name} · parallel ${row + 1}`;
      yield { name: 'thread_name', ...of, args: { name: cut(label) } };
      yield { name: 'thread_sort_index', ...of, args: { sort_index: order++ } };
    }
  }
}

function* spanEvents(drawing: Drawing, no: number): Generator<TraceEvent, void, undefined> {
  const span = drawing.run.spans[no]!;
  const place = { pid: PID, tid: tidOf(drawing, no) };
  const ts = startOf(drawing, no);
  const end = drawing.drawnEnd[no]!;
  const slice = { name: cut(span.name), cat: span.kind, ...place, ts, args: argsOf(span) };
  const drawn: TraceEvent =
    end === INSTANT ? { ...slice, ph: 'i', s: 't' } : { ...slice, ph: 'X', dur: end - ts };
  yield { ...drawn, [OWN]: { no, ...aboutSpan(drawing, no, drawn) } };
  for (const event of span.events ?? []) {
    const instant: TraceEvent = {
      name: cut(event.name),
      cat: 'event',
      ph: 'i',
      s: 't',
      ...place,
      ts: Math.max(0, event.tsUs - drawing.originUs),
      args: { level: event.level, ...flatObject(event.attributes) },
    };
    // A span that takes several records has its events among them.
    yield span.startEstimated
      ? instant
      : {
          ...instant,
          [OWN]: { event: true, ...beside(eventFields(event), shownEvent(instant, drawing.originUs)) },
        };
  }
  if (span.status === 'error')
    yield { name: errorName(span), cat: 'error', ph: 'i', s: 't', ...place, ts: Math.max(ts, end) };
}

function aboutSpan({ run, originUs }: Drawing, no: number, drawn: TraceEvent): OwnPart {
  const span = run.spans[no]!;
  const records = [...spanRecords(span, run.runId)];
  if (!span.startEstimated) return beside(records[0]!, shownFields(drawn, originUs));
  for (const record of records) {
    delete record.run_id;
    for (const name of ['inputs', 'outputs'])
      if (record[name] !== undefined && !fits(record[name])) delete record[name];
  }
  return { records };
}

function errorName(span: Span): string {
  return `error: ${(span.error?.type ?? span.error?.message.split('\n', 1)[0] ?? span.name).slice(0, 80)}`;
}
