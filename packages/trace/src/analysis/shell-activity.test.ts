import { expect, test } from 'vitest';
import { shellActivity } from './shell-activity.ts';

test.each([
  ['npm run package && cat feedback.txt', 'build'],
  ['cat feedback.txt', 'read'],
  ['git stash pop', 'edit'],
  ['flag --arg x', 'other'],
  ['ack foo', 'search'],
  ['cd x && git log --oneline', 'history'],
  ['git -C repo grep foo', 'search'],
  ['cd x && python -m pytest tests 2>&1 | tail -20', 'test'],
  ['npm test', 'test'],
  ['npm run test:unit', 'test'],
  ['yarn --cwd web test', 'test'],
  ['make -C lib check', 'test'],
  ['make', 'build'],
  ['mise run test:integration 2>&1 | tail -50', 'test'],
  ['just build', 'build'],
  ['./test.sh', 'test'],
  ['bash /tests/run_tests.sh', 'test'],
  ['python tests/run.py', 'other'],
  ['[ -f x ] && test -f y', 'other'],
  ["sed -i 's/a/b/' f", 'edit'],
  ["sed -n '1,20p' f", 'read'],
  ['ls -la', 'list'],
  ['find . -name "*.ts" | head', 'find'],
  ['echo "run pytest and grep"', 'other'],
  ['git add . && git commit -m "rg grep test"', 'commit'],
  ['cargo build --release', 'build'],
  ['go test ./...', 'test'],
  ['__proto__ x', 'other'],
  ['constructor', 'other'],
])('%s: %s', (line, activity) => {
  expect(shellActivity(line).activity).toBe(activity);
});
