import { statsdFlags } from '../../../src/contract/statsd.ts';
import { parseFlags } from '../../../src/flags/parse-flags.ts';
import { lineOptions } from '../../../src/statsd/line/line-options.ts';
import type { LineOptions } from '../../../src/statsd/line/parse-line.ts';

/** The options of reading lines with these flags. */
export function optionsOf(flags: readonly string[]): LineOptions {
  const parsed = parseFlags(statsdFlags, flags);
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return lineOptions(parsed.settings);
}

export const defaultOptions = optionsOf([]);
