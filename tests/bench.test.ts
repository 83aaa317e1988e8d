import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

test('npm run bench -- --json gives one document of the published shape, with nothing else on stdout', () => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['scripts/bench.mjs', '--json', 'recorder'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  expect(stderr).toContain('measuring recorder');
  expect(status).toBe(0);
  const schema = JSON.parse(readFileSync(join(root, 'packages/app/schemas/bench.schema.json'), 'utf8'));
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(schema);
  const document: unknown = JSON.parse(stdout);
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
  const { figures } = document as {
    figures: { name: string; ratio: number; ours: number; beside: number }[];
  };
  expect(figures.map(({ name }) => name.split(':')[0])).toEqual(['recorder', 'recorder', 'recorder']);
  for (const { ours, beside, ratio } of figures) expect(ratio).toBeCloseTo(ours / beside);
});

test('a bench that does not exist is said, and nothing is measured', () => {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['scripts/bench.mjs', 'nonsense'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect([stdout, status]).toEqual(['', 2]);
  expect(stderr).toContain('There is no bench "nonsense"');
});
