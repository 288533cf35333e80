/** Words that stand where a metric could, and are none. */
const words = new Set(
  'by without on ignoring group_left group_right and or unless offset bool atan2 inf nan start end'.split(' '),
);
const grouping = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)/g;

/**
 * The names of the metrics that an expression of PromQL reads. Strings, matchers, durations and the labels of grouping
 * clauses are taken out; of what is left a name that is not called is a metric.
 */
export function metricNames(expression: string): ReadonlySet<string> {
  const bare = expression
    .replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g, '""')
    .replaceAll(/\{[^{}]*\}/g, '')
    .replaceAll(/\[[^[\]]*\]/g, '')
    .replaceAll(grouping, ' ')
    .replaceAll(/\boffset\s+\w+/g, ' ');
  const names = [...bare.matchAll(/(?<![\w:.$])[a-zA-Z_:][\w:]*(?!\s*\(|[\w:])/g)].map(([name]) => name);
  return new Set(names.filter((name) => !words.has(name)));
}
