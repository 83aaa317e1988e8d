import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { foldRun } from '@tacho/trace/model/fold';
import { expect, test } from 'vitest';
import { home, python, withPython } from './python.ts';

const read = (page: string): string => readFileSync(resolve(import.meta.dirname, '../..', page), 'utf8');
const programsIn = (text: string): string[] =>
  [...text.matchAll(/^```python\n(.*?)^```/gms)].map(([, program]) => program!);

/** What the examples take for granted: clients of two vendors, and a page to fetch. */
const AROUND = `
from types import SimpleNamespace as Any
usage = Any(prompt_tokens=12, completion_tokens=3, input_tokens=12, output_tokens=3)
answer = Any(id="a1", model="m", usage=usage)
create = lambda **_: answer
client = Any(messages=Any(create=create), chat=Any(completions=Any(create=create)))
messages, url, page = [], "https://example.org", "text"
get = lambda _: page
`;

withPython('the examples', () => {
  test.each(['clients/python/README.md', 'docs/python.md'])('of %s run, and record', async (page) => {
    const programs = programsIn(read(page));
    expect(programs.length).toBeGreaterThan(0);
    const sink = join(home, 'sink.jsonl');
    for (const program of programs) {
      const { code, errors, records } = await python(`${AROUND}import tacho\n${program}`, {
        env: { INSTRUMENT_SINK: sink },
      });
      expect([code, errors]).toEqual([0, '']);
      if (!program.includes('RunTrace')) continue;
      const run = foldRun(records);
      expect(run.status).toBe('ok');
      expect(run.spans.some(({ usage }) => usage?.inputTokens === 12)).toBe(true);
    }
  });

  test('the one in the module itself runs', async () => {
    const source = read('clients/python/tacho.py');
    const example = /^ {4}import tacho\n\n(?: {4}.*\n|\n)+/m.exec(source)![0].replace(/^ {4}/gm, '');
    const { code, errors, records } = await python(AROUND + example);
    expect([code, errors]).toEqual([0, '']);
    expect(foldRun(records).spans.map(({ name }) => name)).toEqual(['planning', 'm', 'research']);
  });

  test('every name that the module offers is there, and documented', async () => {
    const { said } = await python(`
import tacho
for name in tacho.__all__: print(name, bool(getattr(tacho, name).__doc__))
for name, member in vars(tacho.RunTrace).items():
    if callable(member) and not name.startswith("_"): print("RunTrace." + name, bool(member.__doc__))`);
    expect(said.length).toBeGreaterThan(30);
    expect(said.filter((line) => line.endsWith('False'))).toEqual([]);
  });
});
