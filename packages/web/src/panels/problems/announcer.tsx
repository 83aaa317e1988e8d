import type { Problem } from '@tacho/trace/analysis/problems';
import { useEffect, useRef, useState } from 'react';

/** Says new errors to those who do not see the page, politely; what was there when the page opened is not news. */
export function Announcer({ problems }: { problems: readonly Problem[] }) {
  const known = useRef<Set<string> | undefined>(undefined);
  const [news, setNews] = useState('');
  useEffect(() => {
    const keys = problems.map((problem) => `${problem.kind} ${problem.no}`);
    if (known.current === undefined) {
      known.current = new Set(keys);
      return;
    }
    const fresh = problems.filter(
      (problem, at) => problem.severity === 'error' && !known.current?.has(keys[at]!),
    );
    for (const key of keys) known.current.add(key);
    if (fresh.length === 1) setNews(`Error: ${fresh[0]!.title}`);
    else if (fresh.length > 1) setNews(`${fresh.length} new errors, the newest: ${fresh[0]!.title}`);
  }, [problems]);
  return (
    <div className="visually-hidden" aria-live="polite">
      {news}
    </div>
  );
}
