import type { Problems } from './payload-problem.ts';
import type { DataPoint } from './push-plan.ts';

/**
 * Checks the numbers of a series, and completes a histogram: its `+Inf` bucket from `_count`, or the other way.
 * (OpenMetrics 1.0: counters finite and not negative, buckets cumulative whole numbers, `_count` equal to `+Inf`.)
 */
export function checkNumbers(point: DataPoint, numbers: Float64Array, problems: Problems): void {
  switch (point.identity.kind) {
    case 'combine':
      checkFixed(point, numbers[point.at]!, problems);
      return;
    case 'count': {
      const value = numbers[point.at]!;
      if (value >= 0 && value !== Number.POSITIVE_INFINITY) return;
      problems.add(
        point,
        ['value'],
        'bad_value',
        `counter ${point.identity.name} must be finite and not negative: ${value}`,
      );
      return;
    }
    case 'histogram':
      checkHistogram(point, numbers, problems);
      return;
    case 'summary': {
      const count = numbers[point.at + point.edges.length + 1]!;
      if (Number.isSafeInteger(count) && count >= 0) return;
      problems.add(
        point,
        [],
        'bad_summary',
        `the count of ${point.identity.name} must be a whole number, not negative: ${count}`,
      );
    }
  }
}

function checkFixed(point: DataPoint, value: number, problems: Problems): void {
  const { type, name } = point.identity;
  if (type === 'info' && value !== 1) problems.add(point, ['value'], 'bad_value', `info ${name} must be 1: ${value}`);
  if (type === 'stateset' && value !== 0 && value !== 1) {
    problems.add(point, ['value'], 'bad_value', `stateset ${name} must be 0 or 1: ${value}`);
  }
}

function checkHistogram(point: DataPoint, numbers: Float64Array, problems: Problems): void {
  const { at, edges, hasInfinite, hasCount } = point;
  const infinite = at + edges.length - 1;
  const count = infinite + 2;
  if (!hasInfinite) numbers[infinite] = numbers[count]!;
  else if (!hasCount) numbers[count] = numbers[infinite]!;
  const wrong = (detail: string) =>
    problems.add(point, [], 'bad_histogram', `histogram ${point.identity.name}: ${detail}`);
  let below = 0;
  for (let i = 0; i < edges.length; i++) {
    const value = numbers[at + i]!;
    if (!Number.isSafeInteger(value) || value < 0) {
      wrong(`the bucket le="${le(edges[i]!)}" must be a whole number, not negative: ${value}`);
      return;
    }
    if (value < below) {
      wrong(
        `the bucket le="${le(edges[i]!)}" (${value}) is less than the one before (${below}); buckets are cumulative`,
      );
      return;
    }
    below = value;
  }
  if (numbers[count] !== below) wrong(`_count (${numbers[count]}) is not the bucket le="+Inf" (${below})`);
}

function le(edge: number): string {
  return edge === Number.POSITIVE_INFINITY ? '+Inf' : String(edge);
}
