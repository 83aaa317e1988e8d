import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TraceRecord } from '@tacho/trace/model/record';
import { expect, test } from 'vitest';
import { python, recordsIn, withPython } from './python.ts';

const started = (records: readonly TraceRecord[]): string[] =>
  records.flatMap((record) => (record.event === 'span_start' ? [record.span_id] : []));
const ends = (records: readonly TraceRecord[]): TraceRecord[] =>
  records.filter((record) => record.event === 'run_end');

/** Three processes of two threads each start, end and describe spans, and say each span's id when its start has returned. */
const BUSY = `
import os, threading, tacho
run = tacho.RunTrace(task="crash")
def say(text): os.write(1, (text + "\\n").encode())
def work(lane):
    open_spans = []
    for n in range(50_000):
        span = run.start("work %d" % n, kind="agent", lane="lane %d" % lane, inputs="x" * (n % 7 * 3000))
        say(span.id)
        with span.span("inside") as inside:
            say(inside.id)
            inside.event("seen", n=n)
        open_spans.append(span)
        if len(open_spans) > 5: open_spans.pop(0).end(outputs=n)
say("ready")
if os.fork() != 0: os.fork()
threads = [threading.Thread(target=work, args=(lane,)) for lane in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
`;

withPython('killed by SIGKILL', () => {
  test('at 30 random moments: every span whose start had returned is on disk', async () => {
    let reported = 0;
    const dieOnce = async (): Promise<void> => {
      const { said, signal, records } = await python(BUSY, {
        onReady: (kill) => setTimeout(() => kill('SIGKILL'), Math.random() * 120),
      });
      expect(signal).toBe('SIGKILL');
      const ids = said.filter((line) => line !== 'ready');
      reported += ids.length;
      const onDisk = new Set(started(records));
      expect(ids.filter((id) => !onDisk.has(id))).toEqual([]);
      expect(records[0]?.event).toBe('run_start');
      expect(ends(records)).toEqual([]);
    };
    for (let batch = 0; batch < 10; batch++) await Promise.all(Array.from({ length: 3 }, dieOnce));
    expect(reported).toBeGreaterThan(1000);
  }, 120_000);

  test('processes that die in the middle of a run leave it to the others', async () => {
    const { records } = await python(`
import os, signal, sys, tacho
with tacho.RunTrace(task="family") as run:
    with run.span("parent") as span:
        for n in range(3):
            pid = os.fork()
            if pid == 0:
                with tacho.span("child %d" % n):
                    os.kill(os.getpid(), signal.SIGKILL)
            os.waitpid(pid, 0)
`);
    expect(started(records)).toHaveLength(4);
    expect(records.filter(({ event }) => event === 'span_end')).toHaveLength(1);
    expect(ends(records)).toMatchObject([{ status: 'ok' }]);
  });
});

withPython('a program that ends without ending its run', () => {
  test('of itself: ok', async () => {
    const { code, records } = await python(`
import tacho
run = tacho.RunTrace(task="t")
with run.span("work"): pass`);
    expect(code).toBe(0);
    expect(ends(records)).toMatchObject([{ status: 'ok' }]);
  });

  test('of itself, with open spans: interrupted', async () => {
    const { records } = await python(`
import tacho
tacho.RunTrace(task="t").start("open")`);
    expect(ends(records)).toMatchObject([{ status: 'interrupted' }]);
  });

  test.each([
    ['inside a span', 'with run.span("work"): sys.exit(3)'],
    ['inside the run', 'with run: sys.exit(3)'],
  ])('by sys.exit %s: interrupted, with the code', async (_, source) => {
    const { code, records } = await python(`
import sys, tacho
run = tacho.RunTrace(task="t")
${source}`);
    expect(code).toBe(3);
    expect(ends(records)).toMatchObject([{ status: 'interrupted', attributes: { exit_code: 3 } }]);
  });

  test('of itself, after a sys.exit that it caught: as its spans say', async () => {
    const { code, records } = await python(`
import sys, tacho
run = tacho.RunTrace(task="t")
try:
    with run.span("work"): sys.exit(3)
except SystemExit: pass
with run.span("more work"): pass`);
    expect(code).toBe(0);
    expect(ends(records)).toMatchObject([{ status: 'error' }]);
  });

  test('by sys.exit without a code: ok', async () => {
    const { code, records } = await python(`
import sys, tacho
with tacho.RunTrace(task="t") as run:
    with run.span("work"): sys.exit()`);
    expect(code).toBe(0);
    expect(records.find(({ event }) => event === 'span_end')).toMatchObject({ status: 'ok' });
    expect(ends(records)).toMatchObject([{ status: 'ok' }]);
  });

  test('by an uncaught error: it is the error of the run, and the program dies of it as ever', async () => {
    const { code, errors, records } = await python(`
import tacho
run = tacho.RunTrace(task="t")
with run.span("work"):
    raise KeyError("too far") from ValueError("first")`);
    expect(code).toBe(1);
    expect(errors).toContain("KeyError: 'too far'");
    expect(records.find(({ event }) => event === 'span_end')).toMatchObject({
      status: 'error',
      error: { type: 'KeyError', message: "'too far'", stack: expect.stringContaining('ValueError: first') },
    });
    expect(ends(records)).toMatchObject([{ status: 'error', error: { type: 'KeyError' } }]);
  });

  test('by Ctrl-C: interrupted', async () => {
    const { records } = await python(`
import os, signal, tacho, time
run = tacho.RunTrace(task="t")
with run.span("work"):
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(5)`);
    expect(records.find(({ event }) => event === 'span_end')).toMatchObject({ status: 'cancelled' });
    expect(ends(records)).toMatchObject([{ status: 'interrupted' }]);
  });

  test('by SIGTERM, or os._exit: nothing recorded is missing, and there is no run_end', async () => {
    for (const last of ['os.kill(os.getpid(), signal.SIGTERM); time.sleep(5)', 'os._exit(0)']) {
      const { records } = await python(`
import os, signal, tacho, time
run = tacho.RunTrace(task="t")
run.start("open"); run.start("closed").end()
${last}`);
      expect(records.map(({ event }) => event)).toEqual([
        'run_start',
        'span_start',
        'span_start',
        'span_end',
      ]);
    }
  });

  test('a signal handler may record, whatever it interrupts', async () => {
    const { code, records } = await python(`
import signal, tacho
run = tacho.RunTrace(task="t")
seen = 0
def tick(*_):
    global seen
    seen += 1
    run.event("tick %d" % seen)
signal.signal(signal.SIGALRM, tick)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
while seen < 50:
    with run.span("work"): pass
signal.setitimer(signal.ITIMER_REAL, 0)
run.end()`);
    expect(code).toBe(0);
    const ticks = records.filter(({ event, name }) => event !== 'span_start' && `${name}`.startsWith('tick'));
    expect(ticks).toHaveLength(50);
  });

  test('a forked child that leaves through the blocks of its parent ends nothing of its parent', async () => {
    const { records } = await python(`
import os, sys, tacho
with tacho.RunTrace(task="t") as run:
    with run.span("outer") as outer:
        pid = os.fork()
        if pid == 0:
            with run.span("of the child"): pass
            sys.exit(0)
        os.waitpid(pid, 0)
        outer.event("the child is gone")
`);
    expect(records.map(({ event }) => event)).toEqual([
      'run_start',
      'span_start',
      'span_start',
      'span_end',
      'span_event',
      'span_end',
      'run_end',
    ]);
  });

  test('runs of one name in one second have a folder each', async () => {
    const { said, runs } = await python(`
import tacho
for n in range(3): print(tacho.RunTrace(run_id="twin").run_id)`);
    expect(said).toEqual(['twin', 'twin-2', 'twin-3']);
    expect(recordsIn(join(runs, 'twin-2'))[0]).toMatchObject({ event: 'run_start', run_id: 'twin-2' });
    expect(readdirSync(runs).sort()).toEqual(['latest', 'twin', 'twin-2', 'twin-3']);
  });
});
