import type { MetricComparison } from '@tacho/trace/analysis/compare/compare';
import type { NamedComparison } from '../../server/compare/named-comparison.ts';
import { plain } from './plain.ts';

/**
 * A comparison as JUnit XML: a test a metric. One that regressed has failed, unless a gate lets it through; one without enough data
 * is skipped, for it was not tested.
 */
export function comparisonJunit(comparison: NamedComparison): string {
  const { metrics, named } = comparison;
  const cases = metrics.map((metric) => ({ metric, outcome: outcomeOf(metric, comparison) }));
  const counts = `tests="${cases.length}" failures="${cases.filter(({ outcome }) => outcome === 'failure').length}" errors="0" skipped="${cases.filter(({ outcome }) => outcome === 'skipped').length}"`;
  const name = attribute(`${named.treatment} against ${named.baseline}`);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="tacho compare" ${counts}>`,
    `  <testsuite name="${name}" ${counts}>`,
    ...cases.flatMap(({ metric, outcome }) => caseLines(metric, outcome)),
    `    <system-out>${content(comparison.notes.join('\n'))}</system-out>`,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

type Outcome = 'passed' | 'failure' | 'skipped';

function outcomeOf({ metric, verdict }: MetricComparison, { gate }: NamedComparison): Outcome {
  if (verdict === 'too little data') return 'skipped';
  if (verdict !== 'regressed') return 'passed';
  return gate && !gate.stopped.includes(metric) ? 'passed' : 'failure';
}

function caseLines({ metric, sentence, verdict }: MetricComparison, outcome: Outcome): string[] {
  const open = `    <testcase classname="tacho.compare" name="${metric}"`;
  if (outcome === 'passed')
    return [`${open}>`, `      <system-out>${content(sentence)}</system-out>`, '    </testcase>'];
  const what = outcome === 'failure' ? `failure type="${verdict}"` : 'skipped';
  return [`${open}>`, `      <${what} message="${attribute(sentence)}"/>`, '    </testcase>'];
}

function attribute(text: string): string {
  return content(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', ' ');
}

/** Characters that XML cannot hold in any way are taken out: a name with one would make the whole document unreadable. */
function content(text: string): string {
  return plain(text)
    .replace(/[\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
