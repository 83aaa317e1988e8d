import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunTrace } from '@tacho/trace';
import { foldRun } from '@tacho/trace/model/fold';
import { parseRecord, type TraceRecord } from '@tacho/trace/model/record';
import { expect, test } from 'vitest';
import { home, python, recordsIn, withPython } from './python.ts';

const spanNamed = (records: readonly TraceRecord[], name: string) =>
  foldRun(records).spans.find((span) => span.name === name);

withPython('values that JSON cannot carry', () => {
  test('are kept as what they are, or named; no reader refuses a line', async () => {
    const { code, errors, records } = await python(`
import collections, dataclasses, datetime, decimal, enum, pathlib, tacho, uuid
class Colour(enum.Enum): RED = "red"
class Level(enum.IntEnum): HIGH = 3
@dataclasses.dataclass
class Point: x: int; y: "Point" = None
Pair = collections.namedtuple("Pair", "a b")
class Odd:
    def __repr__(self): return "<Odd>"
class Broken:
    def __repr__(self): raise RuntimeError("no words")
class Liar(dict):
    def items(self): raise KeyError("nothing")
class Model:
    def model_dump(self): return {"text": "hi"}
cycle = []; cycle.append(cycle)
deep = []
for _ in range(10_000): deep = [deep]
values = dict(
    nan=float("nan"), infinite=[float("-inf"), 1.5], long=2**63, longer=10**6000, fine=2**53 - 1, flag=True, nothing=None,
    bytes=b"abc", view=memoryview(b"abcd"), set={1}, tuple=(1, (2,)), pair=Pair(1, "b"), point=Point(1, Point(2)),
    colour=Colour.RED, level=Level.HIGH, day=datetime.date(2026, 1, 2), time=datetime.datetime(2026, 1, 2, 3, 4, 5),
    path=pathlib.PurePosixPath("/a"), price=decimal.Decimal("1.10"), id=uuid.UUID(int=5), error=ValueError("bad"), odd=Odd(),
    broken=Broken(), liar=Liar(a=1), model=Model(), half="a\\ud800b", nul="a\\0b", keys={1: "one", None: 2, ("a", 1): 3}, cycle=cycle,
    kind=Odd, line="a\\nb\\u2028c")
with tacho.RunTrace(task="t") as run:
    span = run.start("values", inputs=values)
    run.start("deep", inputs=deep)
    run.start(Broken(), kind=7, tool=3, links=5, attributes=8, parent="x")
    run.start("bad options", colour=Odd(), attributes={"a": 1})
    run.event(None); run.event("e", 5); run.score("s", "x"); run.score("s", float("nan")); run.decision("d", inputs=Odd())
    run.set(labels=5); run.set_output(b"\\0"); run.set_output(None); span.end(outputs=Broken(), tokens="x", cost_usd=float("inf"))
    span.log_usage(Broken()); span.name_lane(Broken()); span.set_attributes(Liar(a=1)); span.fail(3)
`);
    expect(code).toBe(0);
    expect(
      errors.split('\n').filter((line) => !/^tacho: a record of \w+\(\) is lost: |^$/.test(line)),
    ).toEqual([]);
    for (const record of records) expect(parseRecord(structuredClone(record))).toBeTypeOf('object');
    const inputs = spanNamed(records, 'values')!.inputs as Record<string, unknown>;
    expect(inputs).toMatchObject({
      nan: null,
      infinite: [null, 1.5],
      long: '9223372036854775808',
      longer: expect.stringMatching(/^1000+$|integer of 19932 bits/),
      fine: Number.MAX_SAFE_INTEGER,
      flag: true,
      nothing: null,
      bytes: '[3 bytes]',
      view: '[4 bytes]',
      set: [1],
      tuple: [1, [2]],
      pair: { a: 1, b: 'b' },
      point: { x: 1, y: { x: 2, y: null } },
      colour: 'red',
      level: 3,
      day: '2026-01-02',
      time: '2026-01-02T03:04:05',
      path: '/a',
      price: '1.10',
      id: expect.stringContaining('00000000-0000'),
      error: { type: 'ValueError', message: 'bad' },
      odd: '<Odd>',
      broken: '[unreadable: no words]',
      liar: "[unreadable: 'nothing']",
      model: { text: 'hi' },
      half: 'a\ud800b',
      nul: 'a\0b',
      keys: { '1': 'one', None: 2, "('a', 1)": 3 },
      cycle: ['[circular]'],
      kind: expect.stringContaining('Odd'),
      line: 'a\nb\u2028c',
    });
    expect(JSON.stringify(spanNamed(records, 'deep')!.inputs)).toContain('[too deep]');
    expect(spanNamed(records, 'bad options')!.attributes).toEqual({ a: 1, colour: '<Odd>' });
    expect(foldRun(records).status).toBe('ok');
  });

  test('texts and lists without end are cut, and cost no more memory than they are', async () => {
    const { records, said } = await python(`
import resource, tacho
with tacho.RunTrace(task="t") as run:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    run.start("long", inputs={"text": "x" * 5_000_000, "short": "y" * 90_000})
    run.start("many", inputs=list(range(1_000_000)))
    run.start("too much", inputs=["z" * 99_000] * 100)
    run.start("x" * 300_000)
    shared = [1] * 10
    for _ in range(40): shared = [shared] * 10
    run.start("tree without end", inputs=shared)
    for n in range(20_000): run.start("small %d" % n, n=n).end()
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
`);
    const long = spanNamed(records, 'long')!.inputs as Record<string, string>;
    expect(long.text).toHaveLength(100_000 + '[4900000 more characters]'.length);
    expect(long.short).toHaveLength(90_000);
    expect(spanNamed(records, 'many')!.inputs).toHaveLength(10_001);
    expect(spanNamed(records, 'too much')!.inputs).toMatch(/^\[\d+ characters: too long for one record\]$/);
    expect(JSON.stringify(spanNamed(records, 'tree without end')!.inputs).length).toBeLessThan(4 << 20);
    // Megabytes: the values themselves take some 60, and 20 000 spans nothing.
    expect(Number(said[0])).toBeLessThan(200);
  });
});

withPython('secrets', () => {
  /** In both recorders' hands; what comes out must be the same. */
  const SECRETS = {
    key: 'use sk-ant-abcdefghijklmnopqrstuvwx now',
    aws: 'AKIAABCDEFGHIJKLMNOP',
    header: 'Authorization: Bearer abcdefghijklmnop==',
    jwt: 'eyJhbGciOiJI.eyJzdWIiOiIx.abc-_',
    pem: '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----',
    api_key: 'short',
    'x-api-key': 'short',
    OPENAI_API_KEY: 'short',
    GITHUB_TOKEN: 'short',
    Password: { nested: true },
    token: false,
    cookie: '',
    max_tokens: 5,
    token_count: 7,
    arguments: '{"api_key": "short", "q": "task-force disk-sk-1"}',
    asia: 'in Asia, a secretary keeps cookies',
    list: [{ client_secret: 's' }, 'ghp_abcdefghijklmnopqrstuvwxyz'],
  };

  test('are taken out as the TypeScript recorder takes them out', async () => {
    const trace = new RunTrace({ task: 't', dir: join(home, 'secrets'), url: false });
    trace.start('held', { inputs: SECRETS, attributes: { note: SECRETS.key } }).end();
    await trace.end();
    const expected = spanNamed(recordsIn(trace.path!), 'held')!;

    const { records, runs } = await python(`
import json, tacho
SECRETS = json.loads(r'''${JSON.stringify(SECRETS)}''')
with tacho.RunTrace(task="t") as run:
    run.start("held", inputs=SECRETS, note=SECRETS["key"]).end(error=ValueError("sk-ant-abcdefghijklmnopqrstuvwx"))
`);
    const held = spanNamed(records, 'held')!;
    expect(held.inputs).toEqual(expected.inputs);
    expect(held.attributes).toEqual(expected.attributes);
    expect(readFileSync(join(runs, 'latest', 'telemetry.jsonl'), 'utf8')).not.toContain('sk-ant-abc');
  });

  test('are no part of a run’s id, which names its folder', async () => {
    const { runs } = await python(`
import tacho
tacho.RunTrace(task="use ghp_abcdefghijklmnopqrstuvwxyz0123456789").end()
tacho.RunTrace("case 12-34", redact=tacho.Redact(patterns=(r"\\d\\d-\\d\\d",))).end()
tacho.RunTrace("kept ghp_abcdefghijklmnopqrstuvwxyz", redact=False).end()
`);
    const names = readdirSync(runs).filter((name) => name !== 'latest');
    expect(names.map((name) => name.slice(16)).sort()).toEqual([
      'case-redacted',
      'kept-ghp-abcdefghijklmnopqrstuvwxyz',
      'use-redacted',
    ]);
  });

  test('rules can be added, or switched off', async () => {
    const { runs } = await python(`
import re, tacho
said = {"patient_name": "Ada", "note": "case 12-34", "api_key": "short"}
for name, redact in (("more", tacho.Redact(keys=("Patient Name",), patterns=(r"\\d\\d-\\d\\d",), replace="***")), ("off", False)):
    with tacho.RunTrace(run_id=name, redact=redact) as run:
        run.start("s", inputs=said).end()
`);
    expect(spanNamed(recordsIn(join(runs, 'more')), 's')!.inputs).toEqual({
      patient_name: '***',
      note: 'case ***',
      api_key: '***',
    });
    expect(spanNamed(recordsIn(join(runs, 'off')), 's')!.inputs).toMatchObject({ api_key: 'short' });
  });
});

withPython('trouble on the disk', () => {
  test('a full disk is told once; the records come when there is room again', async () => {
    const { code, errors, records } = await python(`
import resource, signal, tacho, time
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
run = tacho.RunTrace(task="t")
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, resource.RLIM_INFINITY))
for n in range(100): run.start("span %d" % n).end()
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
run.end()`).then((ended) => ({ ...ended, records: wholeLines(ended.runs) }));
    expect(code).toBe(0);
    expect(errors.match(/cannot be written/g)).toHaveLength(1);
    expect(records.filter(({ event }) => event === 'span_start')).toHaveLength(100);
    expect(records.filter(({ event }) => event === 'span_end')).toHaveLength(100);
    expect(records.at(-1)).toMatchObject({ event: 'run_end' });
  });

  test('what waits is bounded: the oldest go, counted in the run', async () => {
    const { errors, runs } = await python(`
import resource, signal, tacho
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
run = tacho.RunTrace(task="t")
resource.setrlimit(resource.RLIMIT_FSIZE, (500, resource.RLIM_INFINITY))
for n in range(200): run.event("large", text="x" * 90_000)
run.set(project="kept")
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
run.end()`);
    const run = foldRun(wholeLines(runs));
    const dropped = run.notes.find(({ code }) => code === 'records-dropped')!.count;
    expect(dropped).toBeGreaterThan(100);
    expect(run.spans.length + dropped).toBe(200);
    expect(run.project).toBe('kept');
    expect(errors).toContain('records had to be dropped');
  });

  test('a folder that cannot be made loses the records, and nothing else', async () => {
    const { code, said, errors } = await python(
      `
import tacho
with tacho.RunTrace(task="t") as run:
    with run.span("work"): print("worked")`,
      { env: { TACHO_DIR: '/dev/null/logs' } },
    );
    expect([code, said]).toEqual([0, ['worked']]);
    expect(errors).toMatch(/cannot be written .*\n.*4 records of .* are lost/);
  });

  test('a file that is removed is begun again, with the line that names the run', async () => {
    const { records } = await python(`
import os, shutil, tacho
run = tacho.RunTrace(run_id="gone")
run.start("before")
shutil.rmtree(run.path)
run.start("after")
run.end()`);
    expect(records.map(({ event }) => event)).toEqual(['run_start', 'span_start', 'run_end']);
  });

  test('a program that closes all files keeps its own files clean', async () => {
    const { said, records } = await python(`
import os, tacho
run = tacho.RunTrace(task="t")
run.start("before")
os.closerange(3, 64)
files = [os.open("mine-%d.txt" % n, os.O_RDWR | os.O_CREAT) for n in range(8)]
run.start("after")
run.end()
print(sum(os.fstat(file).st_size for file in files))`);
    expect(said).toEqual(['0']);
    expect(records.map(({ event }) => event)).toEqual(['run_start', 'span_start', 'span_start', 'run_end']);
  });
});

withPython('switched off', () => {
  test.each([
    ['by TACHO_DISABLED', { TACHO_DISABLED: 'true' }, 'tacho.RunTrace(task="t")'],
    ['in code', {}, 'tacho.RunTrace(task="t", enabled=False)'],
  ])('%s everything does nothing', async (_, env, run) => {
    const { code, errors, said, records } = await python(
      `
import asyncio, os, pickle, tacho
@tacho.traced
def double(n): return 2 * n
@tacho.traced("each")
def each():
    yield 1
with ${run} as run:
    with run.span("a", kind="llm") as span:
        span.log_usage({"input": 1}); span.event("e"); span.set_attributes(a=1); span.end()
        with span.span("b") as inner, tacho.span("c"), inner.attach(), run.stage("d"):
            tacho.event("e"); tacho.score("s", 1); tacho.log_usage(3); tacho.decision("d"); tacho.name_lane("l")
        print(double(2), list(each()), tacho.bind(double)(3), span.start("x") is span, pickle.loads(pickle.dumps(span)) is span)
    run.set(a=1); run.set_output("x"); run.flush(); print(run.run_id == "", run.path, run.environment() == dict(os.environ))
print(os.listdir(".").count("logs"))`,
      { env },
    );
    expect([code, errors]).toEqual([0, '']);
    expect(said).toEqual(['4 [1] 6 True True', 'True None True', '0']);
    expect(records).toEqual([]);
  });
});

/** The lines that are whole: a disk that was full has cut one off. */
function wholeLines(runs: string): TraceRecord[] {
  return readFileSync(join(runs, 'latest', 'telemetry.jsonl'), 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as TraceRecord];
      } catch {
        return [];
      }
    });
}
