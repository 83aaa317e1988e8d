import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { schemaNamed } from '../../../../tests/terminal.ts';
import { readInstrumentation, readRecipe } from './read-recipe.ts';
import { recipeProblemText } from './recipe.ts';

const isRecipe = new Ajv2020({ allowUnionTypes: true }).compile(schemaNamed('recipe'));
const problemsIn = (text: string): string[] =>
  readRecipe(text, 'recipe.yaml').problems.map((problem) => recipeProblemText(problem, 'r.yaml'));

const WHOLE = `
name: books
description: reads books
env: { LANG: C, DEPTH: 3, LOUD: true }
instrumentation: { enabled: true, price_table: prices.yaml, include_calls: false }
stages:
  - id: extract
    command: [python3, extract.py, 7]
    artifact: pages.jsonl
    skip_if_exists: true
    parallel: true
    stage: extract
    module: extract_v1
    description: reads pages
  - id: clean
    shell: |
      cat pages.jsonl |
        sort > clean.txt
    needs: extract
    env: { MODEL: small }
    retries: 2
    timeout: 1.5
`;

test('a recipe is read as it is written, with its defaults', () => {
  const { recipe, problems } = readRecipe(WHOLE, 'recipe.yaml');
  expect(problems).toEqual([]);
  expect(recipe).toEqual({
    name: 'books',
    description: 'reads books',
    env: { LANG: 'C', DEPTH: '3', LOUD: 'true' },
    instrumentation: { enabled: true, priceTable: 'prices.yaml', includeCalls: false },
    stages: [
      {
        id: 'extract',
        program: { command: ['python3', 'extract.py', '7'] },
        needs: [],
        env: {},
        artifact: 'pages.jsonl',
        skipIfExists: true,
        retries: 0,
        parallel: true,
        description: 'reads pages',
        stage: 'extract',
        module: 'extract_v1',
      },
      {
        id: 'clean',
        program: { shell: 'cat pages.jsonl |\n  sort > clean.txt\n' },
        needs: ['extract'],
        env: { MODEL: 'small' },
        skipIfExists: false,
        retries: 2,
        timeoutS: 1.5,
        parallel: false,
      },
    ],
  });
  expect(isRecipe(parse(WHOLE))).toBe(true);
  expect(readRecipe('stages: [{id: a, shell: b}]', 'nightly.yaml').recipe?.name).toBe('nightly');
});

/** A recipe, and what is said of it. The published schema refuses it too, unless it says what no schema can. */
const WRONG: readonly [about: string, recipe: string, said: string | RegExp, beyondSchema?: true][] = [
  ['no mapping', '- a\n', 'r.yaml:1:1: expected a recipe with "stages", found a list'],
  ['empty', '', 'r.yaml:1:1: expected a recipe with "stages", found nothing'],
  ['no YAML', 'stages: [\n', /^r\.yaml:2:1: is no YAML: /, true],
  ['no stages', 'name: a\n', 'r.yaml:1:1: stages: expected a list of 1 to 10000 stages, found nothing'],
  [
    'an unknown field',
    'stages: [{id: a, shell: b}]\ncolour: red\n',
    /^r\.yaml:2:1: colour: is not known: expected one of name, /,
  ],
  [
    'an unknown field of a stage',
    'stages:\n  - id: a\n    shell: b\n    need: c\n',
    /^r\.yaml:4:5: stages\[0\]\.need: is not known: expected one of id, /,
  ],
  ['a missing id', 'stages:\n  - shell: b\n', 'r.yaml:2:5: stages[0].id: is missing: every stage needs one'],
  [
    'an impossible id',
    'stages:\n  - {id: "a b", shell: c}\n',
    /^r\.yaml:2:6: stages\[0\]\.id: "a b" is no id/,
  ],
  [
    'an id twice',
    'stages:\n  - {id: a, shell: b}\n  - {id: a, shell: c}\n',
    'r.yaml:3:6: stages[1].id: "a" is the id of the stage in line 2 already',
    true,
  ],
  [
    'nothing to run',
    'stages:\n  - id: a\n',
    'r.yaml:2:5: stages[0].command: is missing: a stage needs "command" (a list) or "shell" (a text)',
  ],
  [
    'two things to run',
    'stages:\n  - {id: a, shell: b, command: [c]}\n',
    'r.yaml:2:13: stages[0].shell: stands beside "command": state one of them',
  ],
  [
    'a command that is a text',
    'stages:\n  - {id: a, command: ls -l}\n',
    'r.yaml:2:13: stages[0].command: expected a list of texts, found the text "ls -l"',
  ],
  [
    'an argument that is none',
    'stages:\n  - {id: a, command: [ls, {b: c}]}\n',
    'r.yaml:2:27: stages[0].command[1]: expected a text, found a mapping',
  ],
  [
    'a need that is not there',
    'stages:\n  - {id: a, shell: b, needs: [c]}\n',
    'r.yaml:2:31: stages[0].needs[0]: no stage has the id "c": there are a',
    true,
  ],
  [
    'a need of itself',
    'stages:\n  - {id: a, shell: b, needs: a}\n',
    'r.yaml:2:30: stages[0].needs[0]: is the stage itself',
    true,
  ],
  [
    'a circle',
    'stages:\n  - {id: a, shell: x, needs: c}\n  - {id: b, shell: x, needs: a}\n  - {id: c, shell: x, needs: [b]}\n  - {id: d, shell: x, needs: c}\n',
    'r.yaml:2:23: stages[0].needs: goes round in a circle: a needs c needs b needs a',
    true,
  ],
  [
    'half a retry',
    'stages:\n  - {id: a, shell: b, retries: 1.5}\n',
    'r.yaml:2:23: stages[0].retries: expected a whole number from 0 to 100, found 1.5',
  ],
  [
    'no time at all',
    'stages:\n  - {id: a, shell: b, timeout: 0}\n',
    /^r\.yaml:2:23: stages\[0\]\.timeout: expected a number of seconds above 0/,
  ],
  [
    'maybe parallel',
    'stages:\n  - {id: a, shell: b, parallel: maybe}\n',
    'r.yaml:2:23: stages[0].parallel: expected true or false, found the text "maybe"',
  ],
  [
    'nothing that could exist',
    'stages:\n  - {id: a, shell: b, skip_if_exists: true}\n',
    'r.yaml:2:23: stages[0].skip_if_exists: needs "artifact": nothing says what would have to exist',
  ],
  [
    'a variable that is a list',
    'stages:\n  - {id: a, shell: b, env: {C: [d]}}\n',
    'r.yaml:2:29: stages[0].env.C: expected a text, found a list',
  ],
  [
    'instrumentation that is a word',
    'stages: [{id: a, shell: b}]\ninstrumentation: yes\n',
    'r.yaml:2:18: instrumentation: expected settings of the instrumentation, found the text "yes"',
  ],
  [
    'a field twice',
    'stages: [{id: a, shell: b}]\nname: a\nname: b\n',
    'r.yaml:3:1: name: stands in line 2 already: state it once',
    true,
  ],
];

test.each(WRONG)('%s is told in a sentence with its place', (_, text, said, beyondSchema) => {
  const problems = problemsIn(text);
  expect(problems).toEqual([typeof said === 'string' ? said : expect.stringMatching(said)]);
  if (!beyondSchema) expect(isRecipe(parse(text))).toBe(false);
});

test('everything that is wrong is told at once, and nothing of the recipe is used', () => {
  const text = 'stages:\n  - {id: a, shell: b, retries: x}\n  - {id: b, timeout: 1}\nfoo: 1\n';
  expect(problemsIn(text)).toHaveLength(3);
  expect(readRecipe(text, 'r.yaml')).not.toHaveProperty('recipe');
});

test('a stage without a program that works hides nothing else that is wrong', () => {
  const text = [
    'stages:',
    '  - {id: a, shell: x}',
    '  - {id: a, command: [], needs: [no]}',
    '  - {id: b, needs: [c]}',
    '  - {id: c, shell: x, needs: [b, "a b"]}',
    '  - {id: "a b", shell: x, needs: [nowhere]}',
    '  - {shell: x, needs: [there]}',
  ].join('\n');
  const there = 'there are a, b, c, a b';
  expect(problemsIn(text)).toEqual([
    'r.yaml:3:13: stages[1].command: expected a program and its arguments, found nothing',
    'r.yaml:3:6: stages[1].id: "a" is the id of the stage in line 2 already',
    'r.yaml:4:5: stages[2].command: is missing: a stage needs "command" (a list) or "shell" (a text)',
    'r.yaml:6:6: stages[4].id: "a b" is no id: expected letters, digits, _ . : and -, at most 100',
    'r.yaml:7:5: stages[5].id: is missing: every stage needs one',
    `r.yaml:3:34: stages[1].needs[0]: no stage has the id "no": ${there}`,
    `r.yaml:6:35: stages[4].needs[0]: no stage has the id "nowhere": ${there}`,
    `r.yaml:7:24: stages[5].needs[0]: no stage has the id "there": ${there}`,
    'r.yaml:4:13: stages[2].needs: goes round in a circle: b needs c needs b',
  ]);
  expect(problemsIn('stages:\n  - {shell: x, needs: [a]}\n')[1]).toMatch(/no stage has the id "a"$/);
});

test('hostile text is refused in time, whatever its depth and its aliases', () => {
  expect(problemsIn(`stages: ${'['.repeat(20_000)}`)[0]).toMatch(/^r\.yaml:1:/);
  expect(problemsIn('stages: &a [*a]\n').length).toBeGreaterThan(0);
  const recipe = readRecipe('stages: [{id: a, shell: b, env: {"__proto__": x, "C=D": y}}]', 'r').problems;
  expect(recipe).toHaveLength(2);
});

test('a long chain is no circle, in whatever order it is written', () => {
  const stages = Array.from({ length: 2_000 }, (_, at) => `  - {id: s${at}, shell: x, needs: [s${at + 1}]}`);
  expect(problemsIn(`stages:\n${stages.join('\n')}\n  - {id: s2000, shell: x}\n`)).toEqual([]);
});

test('settings stand alone, or under their name as in a recipe', () => {
  const settings = { enabled: true, priceTable: 'p.yaml' };
  expect(readInstrumentation('enabled: true\nprice_table: p.yaml\n').settings).toEqual(settings);
  expect(readInstrumentation('instrumentation: {enabled: true, price_table: p.yaml}').settings).toEqual(
    settings,
  );
  expect(readInstrumentation('enabled: 1\nmodels: {}\n').problems).toMatchObject([
    { line: 2, column: 1, field: 'models' },
    { line: 1, column: 1, field: 'enabled' },
  ]);
});
