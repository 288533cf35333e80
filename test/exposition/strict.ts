import type { Format } from '../../src/exposition/metric/family.ts';

/** What each type may add to the name that heads it, as the strict OpenMetrics parser of client_python has it. */
const openmetricsSuffixes: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total', '_created'],
  gauge: [''],
  histogram: ['_bucket', '_sum', '_count', '_created'],
  summary: ['', '_sum', '_count', '_created'],
  info: ['_info'],
  stateset: [''],
  unknown: [''],
};
const textSuffixes: Readonly<Record<string, readonly string[]>> = {
  counter: [''],
  gauge: [''],
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
  untyped: [''],
};
const labelsPattern = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\"n])*"';
const numberPattern = '(?:[+-]?(?:\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?|Inf)|NaN)';
const samplePattern = new RegExp(
  `^([a-zA-Z_:][a-zA-Z0-9_:]*)((?:\\{${labelsPattern}(?:,${labelsPattern})*\\})?) ${numberPattern}(?: -?[0-9.]+)?$`,
);

/**
 * Reads a page as strictly as the formats are written: every family is headed once and stands in one piece, no name is
 * of two families, no sample comes twice. Written apart from the parser of the program, which is lenient.
 *
 * @returns what is wrong; empty for a valid page
 */
export function violations(page: string, format: Format): string[] {
  const found: string[] = [];
  const suffixes = format === 'text' ? textSuffixes : openmetricsSuffixes;
  const claimed = new Map<string, string>();
  const seen = new Set<string>();
  let current = '';
  let allowed = new Set<string>();
  const lines = page.split('\n');
  if (lines.pop() !== '') found.push('the last line has no line feed');
  if (format === 'openmetrics' && lines.pop() !== '# EOF') found.push('no # EOF at the end');
  let described = '';
  for (const line of lines) {
    const metadata = /^# (HELP|TYPE|UNIT) (\S+) ?([^\n]*)$/.exec(line);
    if (metadata !== null) {
      const [, keyword, name = '', rest = ''] = metadata;
      if (keyword !== 'TYPE') {
        described = name;
        if (format === 'openmetrics' && name !== current) found.push(`${keyword} of ${name} under ${current}`);
        if (keyword === 'UNIT' && !name.endsWith(`_${rest}`)) found.push(`unit ${rest} is not in the name ${name}`);
        continue;
      }
      if (format === 'text' && described !== '' && described !== name) found.push(`HELP of ${described} above ${name}`);
      described = '';
      current = name;
      const endings = suffixes[rest];
      if (endings === undefined) found.push(`type ${rest}`);
      allowed = new Set((endings ?? []).map((ending) => name + ending));
      for (const claim of new Set([name, ...allowed])) {
        if (claimed.has(claim)) found.push(`${claim} is of ${claimed.get(claim)} and of ${name}`);
        claimed.set(claim, name);
      }
      continue;
    }
    const sample = samplePattern.exec(line);
    if (sample === null) {
      found.push(`not a sample: ${line}`);
      continue;
    }
    const [, name = '', labels = ''] = sample;
    if (!allowed.has(name)) found.push(`${name} under ${current}`);
    if (seen.has(name + labels)) found.push(`twice: ${name}${labels}`);
    seen.add(name + labels);
  }
  return found;
}
