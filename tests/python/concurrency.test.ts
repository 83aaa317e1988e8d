import { join } from 'node:path';
import { foldRun } from '@tacho/trace/model/fold';
import type { Run } from '@tacho/trace/model/run';
import { expect, test } from 'vitest';
import { stageEnvironment } from '../../packages/app/src/exec/surrounding-run.ts';
import { home, python, recordsIn, withPython } from './python.ts';

/** Name of every span → the name of its parent. */
function parents(run: Run): Record<string, string | undefined> {
  const names = new Map(run.spans.map(({ spanId, name }) => [spanId, name]));
  return Object.fromEntries(
    run.spans.map(({ name, parentId }) => [
      name,
      parentId === undefined ? undefined : (names.get(parentId) ?? `missing: ${parentId}`),
    ]),
  );
}

withPython('threads', () => {
  test('a bound function works below its span; an unbound one at the top of the run', async () => {
    const { records } = await python(`
import tacho, threading
from concurrent.futures import ThreadPoolExecutor
def work(name):
    with tacho.span(name) as span:
        with tacho.span(name + " inside"): pass
with tacho.RunTrace(task="t") as run:
    with run.span("outer") as outer:
        for name, target in (("bound", tacho.bind(work)), ("unbound", work)):
            thread = threading.Thread(target=target, args=(name,)); thread.start(); thread.join()
        with ThreadPoolExecutor(1) as pool:
            pool.submit(tacho.bind(work), "pooled").result()
            pool.submit(work, "later in the same thread").result()
        with run.span("inner"), outer.attach(), tacho.span("attached"): pass
        tacho.bind(work, outer)("in the same thread")
        with run.span("named", parent=outer), run.span("top", parent=False): pass
`);
    expect(parents(foldRun(records))).toEqual({
      outer: undefined,
      bound: 'outer',
      'bound inside': 'bound',
      unbound: undefined,
      'unbound inside': 'unbound',
      pooled: 'outer',
      'pooled inside': 'pooled',
      'later in the same thread': undefined,
      'later in the same thread inside': 'later in the same thread',
      inner: 'outer',
      attached: 'outer',
      'in the same thread': 'outer',
      'in the same thread inside': 'in the same thread',
      named: 'outer',
      top: undefined,
    });
  });

  test('many threads and processes at once: every line is whole, every id its own', async () => {
    const { code, records } = await python(`
import multiprocessing, threading, tacho
def work(count):
    for n in range(count):
        with tacho.span("work", n=n) as span: span.event("e", text="x" * 5000)
def process(count):
    threads = [threading.Thread(target=tacho.bind(work), args=(count,)) for _ in range(3)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
if __name__ == "__main__":
    with tacho.RunTrace(task="t") as run:
        with run.span("all"):
            workers = [multiprocessing.get_context("fork").Process(target=process, args=(100,)) for _ in range(4)]
            for worker in workers: worker.start()
            process(100)
            for worker in workers: worker.join()
`);
    expect(code).toBe(0);
    const run = foldRun(records);
    expect(run.notes).toEqual([]);
    expect(run.spans).toHaveLength(1 + 5 * 3 * 100);
    expect(run.spans.filter(({ events }) => events?.length === 1)).toHaveLength(1500);
    expect(run.spans.filter(({ parentId }) => parentId === run.spans[0]!.spanId)).toHaveLength(1500);
    expect(new Set(run.spans.map(({ status }) => status))).toEqual(new Set(['ok']));
  });

  test('a fork while other threads record leaves no lock behind', async () => {
    const { code, records } = await python(`
import os, signal, threading, tacho
run = tacho.RunTrace(task="t")
go = True
def work():
    while go: run.start("busy").end()
threads = [threading.Thread(target=work) for _ in range(3)]
for thread in threads: thread.start()
for n in range(30):
    pid = os.fork()
    if pid == 0:
        signal.alarm(10)
        run.start("child").end()
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
go = False
for thread in threads: thread.join()
run.end()`);
    expect(code).toBe(0);
    const run = foldRun(records);
    expect(run.spans.filter(({ name }) => name === 'child')).toHaveLength(30);
    expect(run.notes).toEqual([]);
  });
});

withPython('asyncio', () => {
  test('tasks, generators and decorated functions nest as they are written', async () => {
    const { errors, records } = await python(`
import asyncio, tacho
@tacho.traced(kind="tool")
async def fetch(n):
    await asyncio.sleep(0.001 * n)
    async with tacho.span("parse %d" % n): await asyncio.sleep(0)
@tacho.traced("pages")
async def pages():
    with tacho.span("open"):
        for n in range(2):
            yield n
            with tacho.span("next %d" % n): pass
@tacho.traced
def lines():
    with tacho.span("read"): got = yield 1
    with tacho.span("got %s" % got): yield 2
async def main():
    async with tacho.RunTrace(task="t") as run:
        with run.span("fetches"): await asyncio.gather(*(fetch(n) for n in range(3)))
        async for n in pages():
            with tacho.span("page %d" % n): pass
        one, two = lines(), lines()
        for walk in (one, two): next(walk)
        with tacho.span("between"): one.send("x")
        two.close()
        with tacho.span("after"): pass
        unfinished = pages()
        await unfinished.__anext__()
        await unfinished.aclose()
        task = asyncio.create_task(asyncio.sleep(5))
        try:
            with tacho.span("cancelled"):
                asyncio.get_running_loop().call_soon(task.cancel)
                await task
        except asyncio.CancelledError: pass
asyncio.run(main())`);
    expect(errors).toBe('');
    const run = foldRun(records);
    expect(parents(run)).toMatchObject({
      'parse 0': 'fetch',
      'parse 2': 'fetch',
      fetch: 'fetches',
      open: 'pages',
      'next 0': 'open',
      'next 1': 'open',
      'page 0': undefined,
      'page 1': undefined,
      read: 'lines',
      'got x': 'lines',
      between: undefined,
      after: undefined,
    });
    const statuses = (name: string): string[] =>
      run.spans.filter((span) => span.name === name).map(({ status }) => status);
    expect(statuses('cancelled')).toEqual(['cancelled']);
    expect(statuses('fetch')).toEqual(['ok', 'ok', 'ok']);
    expect(statuses('lines')).toEqual(['ok', 'ok']);
    expect(statuses('pages')).toEqual(['ok', 'ok']);
    expect(run.spans.every(({ endUs }) => endUs !== undefined)).toBe(true);
  });

  test('two runs at once keep what is theirs', async () => {
    const { runs } = await python(`
import asyncio, tacho
async def one(name):
    with tacho.RunTrace(run_id=name) as run:
        with tacho.span(name + " outer"):
            await asyncio.sleep(0.01)
            with tacho.span(name + " inner"): tacho.event(name + " event")
async def main():
    await asyncio.gather(one("a"), one("b"))
    with tacho.RunTrace(run_id="c") as c, c.span("c outer"):
        with tacho.RunTrace(run_id="d") as d, d.span("d outer"):
            with c.span("c inner"), tacho.span("c innermost"), d.span("d inner"): pass
asyncio.run(main())`);
    const nested = (id: string): Record<string, string | undefined> =>
      parents(foldRun(recordsIn(`${runs}/${id}`)));
    expect(nested('a')).toEqual({ 'a outer': undefined, 'a inner': 'a outer' });
    expect(nested('b')).toEqual({ 'b outer': undefined, 'b inner': 'b outer' });
    expect(nested('c')).toEqual({ 'c outer': undefined, 'c inner': 'c outer', 'c innermost': 'c inner' });
    expect(nested('d')).toEqual({ 'd outer': undefined, 'd inner': 'd outer' });
  });
});

withPython('processes', () => {
  test('forked workers are below the span around the fork; handed-over spans are parents anywhere', async () => {
    const { code, errors, records } = await python(`
import multiprocessing, tacho
def forked():
    with tacho.span("forked"): pass
def given(span, run):
    with span.span("child of a given span", kind="agent") as child:
        child.log_usage({"input": 3})
    span.event("seen elsewhere"); span.end(status="error"); run.score("s", 1); run.end(status="error")
if __name__ == "__main__":
    with tacho.RunTrace(task="t") as run:
        with run.span("outer") as outer:
            for method, target, args in (("fork", forked, ()), ("spawn", given, (outer, run)), ("fork", given, (outer, run))):
                worker = multiprocessing.get_context(method).Process(target=target, args=args)
                worker.start(); worker.join()
                assert worker.exitcode == 0
`);
    expect([code, errors]).toEqual([0, '']);
    const run = foldRun(records);
    expect(parents(run)).toMatchObject({ forked: 'outer', 'child of a given span': 'outer' });
    expect(run.spans.filter(({ name }) => name === 'child of a given span')).toHaveLength(2);
    expect(run.spans[0]).toMatchObject({ name: 'outer', status: 'ok' });
    expect(run.spans[0]!.events).toHaveLength(2);
    expect(run.status).toBe('ok');
    expect(run.scores).toHaveLength(1);
  });

  test('a worker that lives through many runs holds few files open, and forks with ids of its own', async () => {
    const { code, said, records } = await python(`
import os, multiprocessing, tacho
def work(span):
    with span.span("below"): pass
    return len(os.listdir("/dev/fd")), span
def late(span):
    pid = os.fork()
    span.start("late").end()
    if pid == 0: os._exit(0)
    os.waitpid(pid, 0)
if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        for n in range(60):
            with tacho.RunTrace(run_id="run-%d" % n) as run, run.span("above") as span:
                files, _ = pool.apply(work, (span,))
        print(files < 40)
        pool.apply(late, (span,))
    run.end()`);
    expect([code, said]).toEqual([0, ['True']]);
    const run = foldRun(records);
    expect(run.spans.map(({ name }) => name)).toEqual(['above', 'below', 'late', 'late']);
    expect(run.notes).toEqual([]);
  });

  test('a program that is started with the environment of a span joins the run, and so do its own', async () => {
    const { code, errors, records, runs } = await python(`
import os, subprocess, sys, tacho
def again(depth): subprocess.run([sys.executable, "-B", __file__, str(depth)], env=tacho.environment(), check=False)
depth = int(sys.argv[1]) if sys.argv[1:] else 0
if depth == 0:
    with tacho.RunTrace(task="t", run_id="one") as run:
        with run.span("outer"): again(1)
elif depth == 1:
    with tacho.RunTrace(task="second program", labels={"a": 1}, tac_hours=2) as run:
        tacho.score("quality", 3); run.set(project="p"); run.set_output(__file__)
        with tacho.span("work"): again(2)
        raise ValueError("lost")
elif depth == 2:
    tacho.event("from the third")
    with tacho.span("third"): tacho.log_usage({"input": 5})
    tacho.RunTrace(run_id="apart").end()
`);
    expect(code).toBe(0);
    expect(errors).toContain('ValueError: lost');
    const run = foldRun(recordsIn(`${runs}/one`));
    expect(parents(run)).toMatchObject({ 'second program': 'outer', work: 'second program', third: 'work' });
    const [outer, second, work] = run.spans;
    expect(second).toMatchObject({ status: 'error', error: { type: 'ValueError' }, kind: 'task' });
    expect(second!.attributes).toMatchObject({ labels: { a: 1 }, tac_hours: 2, project: 'p', output: {} });
    expect(run.scores).toMatchObject([{ name: 'quality', spanId: second!.spanId }]);
    expect(work!.events).toMatchObject([{ name: 'from the third' }]);
    expect(outer!.status).toBe('ok');
    expect([run.name, run.status, run.labels, run.project]).toEqual(['t', 'ok', {}, undefined]);
    expect(foldRun(recordsIn(`${runs}/apart`)).name).toBe('apart');
    expect(records).toEqual(recordsIn(`${runs}/apart`));
  });

  test('a program below tacho exec joins its run, whose stream may name another run than its folder', async () => {
    const folder = join(home, 'of-exec');
    const place = { runId: 'not the folder', folder, spanId: 'stage "1"' };
    const { code } = await python(
      `
import tacho
with tacho.span("loose", kind="agent"): pass
with tacho.RunTrace(task="program") as run, run.span("work"): print(run.run_id)`,
      { env: { ...stageEnvironment(place), INSTRUMENT_SINK: '' } },
    );
    expect(code).toBe(0);
    const records = recordsIn(folder);
    expect(new Set(records.map(({ run_id }) => run_id))).toEqual(new Set(['not the folder']));
    expect(records.some(({ event }) => event === 'run_start' || event === 'run_end')).toBe(false);
    const run = foldRun([{ event: 'span_start', span_id: 'stage "1"', name: 'stage' }, ...records]);
    expect(parents(run)).toMatchObject({ loose: 'stage', program: 'stage', work: 'program' });
  });
});
