/** What a text of twice the length may cost, in CPU time of the thread that runs it. */
const MOST_RATIO = 2.5;
/** Below this a ratio is noise: a collection of garbage, a function that is compiled. Microseconds. */
const FLOOR = 20_000;
/** A text of 2 KiB that takes longer is no matter of twice the length: the cost is exponential. Microseconds. */
const MOST_FOR_SMALL = 200_000;
/** A ladder that came this far without a step that is too steep is linear: longer texts would only take longer. Microseconds. */
const ENOUGH = 120_000;
const ATTEMPTS = 12;

/** From sizes at which an exponential cost can still be seen to the largest annotations that a pod may have. */
const ladder = [
  8,
  12,
  16,
  20,
  24,
  28,
  32,
  64,
  128,
  256,
  512,
  ...[1, 2, 4, 8, 16, 32, 64, 128, 256].map((k) => k * 1024),
];

export type Run = (text: string) => unknown;

/**
 * Where the cost of a text grows faster than its length: a sentence, or undefined where it is linear. It climbs from small
 * texts to large ones and stops at the first step that is too steep, so that what is quadratic costs a second and not a minute.
 */
export function steepness(run: Run, shape: (length: number) => string, longest = 262_144): string | undefined {
  let before = 0;
  for (const length of ladder.filter((one) => one <= longest)) {
    const text = shape(length);
    const now = cost(run, text);
    if (length <= 2048 && now > MOST_FOR_SMALL && least(run, text, 3) > MOST_FOR_SMALL)
      return `${length} characters take ${Math.round(now / 1000)} ms`;
    if (length > 2048 && now > FLOOR && now > before * MOST_RATIO) {
      const steep = confirmed(run, shape(length / 4), text);
      if (steep !== undefined) return steep;
    }
    if (now > ENOUGH) return undefined;
    before = now;
  }
  return undefined;
}

/**
 * A suspicion is confirmed over two doublings, where linear (4) and quadratic (16) are far apart, by the least of several
 * runs: what else the machine does only ever adds.
 */
function confirmed(run: Run, quarter: string, whole: string): string | undefined {
  let short = Number.POSITIVE_INFINITY;
  let long = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    short = Math.min(short, least(run, quarter, 2));
    long = Math.min(long, cost(run, whole));
    if (long <= FLOOR || long <= short * MOST_RATIO ** 2) return undefined;
  }
  const say = (text: string, time: number) => `${text.length} characters take ${(time / 1000).toFixed(1)} ms`;
  return `${say(quarter, short)}, ${say(whole, long)}`;
}

function least(run: Run, text: string, times: number): number {
  let found = Number.POSITIVE_INFINITY;
  for (let i = 0; i < times; i++) found = Math.min(found, cost(run, text));
  return found;
}

/** CPU time of this thread alone: neither other processes nor the collector's threads count. */
function cost(run: Run, text: string): number {
  const start = process.threadCpuUsage();
  run(text);
  const { user, system } = process.threadCpuUsage(start);
  return user + system;
}
