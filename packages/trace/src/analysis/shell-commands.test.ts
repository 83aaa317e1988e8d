import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shellCommands, subcommandOf } from './shell-commands.ts';

const said = (line: string): string[] =>
  shellCommands(line).map(({ name, args }) => [name, ...args].join(' '));

test.each<[string, string[]]>([
  ['cd x && git log', ['cd x', 'git log']],
  ['npm run package && cat feedback.txt', ['npm run package', 'cat feedback.txt']],
  ['git stash pop; flag --arg x', ['git stash pop', 'flag --arg x']],
  ["rg 'a && b' src | head -20", ['rg a && b src', 'head -20']],
  ['FOO=1 BAR="a b" pytest -q', ['pytest -q']],
  ['sudo -u me timeout -k 5 10 make test', ['make test']],
  ['find . -name "*.py" | xargs -n 1 grep -l foo', ['find . -name *.py', 'grep -l foo']],
  ['python3 -m pytest tests/', ['pytest tests/']],
  ['python script.py', ['python script.py']],
  ['uv run --with x pytest', ['pytest']],
  ['npx vitest run', ['vitest run']],
  ['/usr/bin/grep -r x .', ['grep -r x .']],
  ['make 2>&1 >out.txt &', ['make']],
  ['cat <<EOF > f.py\nrm -rf /\ngrep x\nEOF\nls', ['cat', 'ls']],
  ['echo "$(git rev-parse HEAD)" `date`', ['echo  ', 'git rev-parse HEAD', 'date']],
  ['(cd a; ls) && (cd b || exit 1)', ['cd a', 'ls', 'cd b', 'exit 1']],
  ['bash -lc \'cd /x && pytest -k "a"\'', ['cd /x', 'pytest -k a']],
  ['for f in a b; do cat $f; done', ['cat $f']],
  ['if ! grep -q x f; then echo no; fi', ['grep -q x f', 'echo no']],
  ['ls # && rm x\npwd', ['ls', 'pwd']],
  ['a \\\n  b', ['a b']],
  ['xargs', ['xargs']],
  ['diff <(sort a) <(sort b)', ['diff  ', 'sort a', 'sort b']],
  ['', []],
])('%s', (line, expected) => {
  expect(said(line)).toEqual(expected);
});

test('a subcommand is found behind options and their values', () => {
  const [command] = shellCommands('git -C dir --no-pager log -1');
  expect(subcommandOf(command!, ['-C', '-c'])).toBe('log');
});

test('parts joined by any separator are the parts alone', () => {
  const part = fc.constantFrom('git log', 'rg x', "echo 'a; b'", 'FOO=1 make', 'cat a > b');
  const separator = fc.constantFrom(' && ', ' || ', '; ', ' | ', '\n', ' & ');
  fc.assert(
    fc.property(fc.array(fc.tuple(part, separator), { minLength: 1, maxLength: 8 }), (parts) => {
      expect(said(parts.flat().join(''))).toEqual(parts.flatMap(([text]) => said(text)));
    }),
  );
});

test('any text is survived, and what is quoted is never a command', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
      expect(shellCommands(text).every(({ name }) => typeof name === 'string')).toBe(true);
      expect(said(`echo '${text.replaceAll("'", '')}'`)).toHaveLength(1);
    }),
  );
});

test('nesting of any depth ends in time', () => {
  const deep = `${'$('.repeat(20_000)}ls${')'.repeat(20_000)}`;
  expect(said(deep).at(-1)).toBe('ls');
  expect(said('('.repeat(50_000)).length).toBe(0);
});

test.each([
  ['make 2>&1 >out.txt', { into: ['out.txt'] }],
  ['make > a 2> b', { into: ['a', 'b'] }],
  ['echo x >> log', { into: ['log'] }],
  ['make &> all.log', { into: ['all.log'] }],
  ['sort < in', { from: ['in'] }],
  ['> f echo x', { into: ['f'] }],
  ['make 2>/dev/null', { into: ['/dev/null'] }],
  ['wc <<< word', {}],
  ['cat <<EOF > f.py\na\nb\nEOF\n', { into: ['f.py'], text: 'a\nb\n' }],
  ["cat > f <<'EOF'\na", { into: ['f'], text: 'a' }],
])('%s: where its input comes from and its output goes to', (line, expected) => {
  const { name: _, args: __, ...rest } = shellCommands(line)[0]!;
  expect(rest).toEqual(expected);
});
