import { compareBatch, compatFlag } from './statsd-batch.ts';
import { type Pair, type Setting, sent } from './statsd-pair.ts';

/** The smallest part of a batch that is answered in two ways, as text for whoever looks into it. */
export async function smallestUnequal(program: string, setting: Setting, pairs: readonly Pair[]): Promise<string> {
  const differs = async (some: readonly Pair[]) => (await compareBatch(program, setting, some)).unequal.length > 0;
  let left = pairs;
  while (left.length > 1) {
    const half = left.slice(0, left.length >> 1);
    const other = left.slice(half.length);
    if (await differs(half)) left = half;
    else if (await differs(other)) left = other;
    else break;
  }
  const [only] = left;
  if (left.length > 1 || only === undefined) return `only together: ${left.length} pairs`;
  let pair = only;
  for (const part of ['lines', 'rules'] as const) {
    for (let i = 0; i < pair[part].length; ) {
      const without: Pair = { ...pair, [part]: pair[part].filter((_, at) => at !== i) };
      if (await differs([without])) pair = without;
      else i++;
    }
  }
  const { ours, peers } = sent(
    'p0',
    pair,
    { weights: setting.weights, braces: !setting.flags.includes(compatFlag) },
    () => false,
  );
  const { unequal } = await compareBatch(program, setting, [pair]);
  return [
    `flags ${setting.flags.join(' ')}`,
    JSON.stringify({ defaults: setting.defaults, mappings: ours.rules }),
    ...ours.lines.map((line) => `  ${JSON.stringify(line.toString('latin1'))}`),
    ...(`${ours.lines}` === `${peers.lines}`
      ? []
      : peers.lines.map((line) => `- ${JSON.stringify(line.toString('latin1'))}`)),
    ...unequal,
  ].join('\n');
}
