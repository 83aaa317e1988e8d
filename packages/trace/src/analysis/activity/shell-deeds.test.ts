import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shellDeeds } from './shell-deeds.ts';

const NONE = { edits: false, reads: [], writes: [] };

test.each<[string, Partial<ReturnType<typeof shellDeeds>>]>([
  ['mkdir -p src', { ...NONE, deed: 'arrange' }],
  ['touch a.ts', { ...NONE, deed: 'arrange' }],
  ['chmod +x run.sh', { ...NONE, deed: 'arrange' }],
  ['cp a b && rm c', { ...NONE, deed: 'arrange' }],
  ["sed -i 's/a/b/' ./a.ts b.ts", { deed: 'edit', edits: true, writes: ['a.ts', 'b.ts'] }],
  ["sed -i '' -e 's/a/b/' a.ts", { deed: 'edit', writes: ['a.ts'] }],
  ["sed -n '1,5p' a.ts", { deed: 'read', reads: ['a.ts'], writes: [] }],
  ['echo x > /srv/a.ts', { deed: 'edit', edits: true, writes: ['a.ts'] }],
  ['echo x | tee -a a.ts', { deed: 'edit', edits: true, writes: ['a.ts'] }],
  ['cat > a.py <<EOF\nx\ny\nEOF', { deed: 'edit', writes: ['a.py'], linesWritten: 2 }],
  ['tee a.py <<EOF\nx\nEOF', { deed: 'edit', writes: ['a.py'] }],
  // What a program prints into a file is a log: written, but no edit.
  ['npm test 2>&1 | tee out.log', { deed: 'test', tests: true, edits: false, writes: ['out.log'] }],
  ['npm test > out.log', { deed: 'test', edits: false, writes: ['out.log'] }],
  ['npm test | sort > out.log', { deed: 'test', edits: false, writes: ['out.log'] }],
  ['npm test | sed -n 1,5p > out.log', { deed: 'test', edits: false, writes: ['out.log'] }],
  ['echo x | cat > a.ts', { deed: 'edit', edits: true, writes: ['a.ts'] }],
  ['cat a.ts | sed s/a/b/ > b.ts', { deed: 'edit', edits: true, reads: ['a.ts'], writes: ['b.ts'] }],
  ['gh pr view | head -20', { ...NONE, deed: 'other' }],
  ['cat a.ts | head -n 20', { deed: 'read', reads: ['a.ts'] }],
  ['rg foo > hits.txt', { deed: 'search', edits: false, writes: ['hits.txt'] }],
  ['python run.py > out.txt', { deed: 'other', edits: false, writes: ['out.txt'] }],
  ['ls 2>/dev/null', { deed: 'list', writes: [] }],
  ['patch -p1 < fix.diff', { deed: 'edit', edits: true }],
  ['cd src && cat a.ts', { deed: 'read', reads: ['src/a.ts'] }],
  ['cd "$X" && cat a.ts', { reads: ['a.ts'] }],
  ['cat *.ts', { deed: 'read', reads: [] }],
  ['cat > t.py <<E\nx\nE\npytest t.py', { deed: 'test', tests: true, edits: true, writes: ['t.py'] }],
  ['npm run build && npm test', { deed: 'test', builds: true, tests: true }],
  ['git checkout -- a.ts', { deed: 'edit', reverts: true }],
  ['git checkout main', { deed: 'arrange', reverts: false }],
  ['git reset --hard HEAD~1', { reverts: true }],
  ['git restore --staged a', { reverts: false }],
  ['git stash', { reverts: true }],
  ['git stash pop', { reverts: false }],
])('%s', (line, expected) => {
  expect(shellDeeds(line, '/srv')).toMatchObject(expected);
});

test.each([
  ['pytest', true],
  ['cd x && pytest && echo ok', true],
  ['cd x; pytest', true],
  ['pytest 2>&1', true],
  ['pytest | tail -5', false],
  ['pytest; echo done', false],
  ['pytest || true', false],
  ['pytest a || pytest b', false],
])('%s hands its exit status on: %s', (line, tells) => {
  expect(shellDeeds(line, undefined).tellsStatus).toBe(tells);
});

test('any line is survived', () => {
  const word = fc.constantFrom(
    'cat',
    'sed',
    '-i',
    '>',
    '>>',
    '<<E',
    '|',
    'tee',
    'cd',
    "'",
    '"',
    '$(',
    '\n',
    'a',
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 30 }), (words) => {
      expect(shellDeeds(words.join(' '), '/srv').reads).toBeInstanceOf(Array);
    }),
  );
  expect(shellDeeds('(cat a; '.repeat(10_000), '/srv').reads).toEqual(['a']);
});
