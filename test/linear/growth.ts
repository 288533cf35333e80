/** Each step makes a text four times as long. */
const step = 4;
/**
 * What such a step may cost, in CPU time of the thread that runs it: the middle of linear (4) and quadratic (16). A
 * text that leaves the caches, or a core that is shared, makes 4 to 6 of a linear cost.
 */
const mostRatio = 8;
/** Below this a ratio is noise: a collection of garbage, a function that is compiled. Microseconds. */
const floor = 20_000;
/** A text of 2 KiB that takes longer is no matter of twice the length: the cost is exponential. Microseconds. */
const mostForSmall = 200_000;
/**
 * A ladder that came this far without a step that is too steep is linear: longer texts would only take longer.
 * Microseconds.
 */
const enough = 80_000;
const attempts = 6;
const longestText = 262_144;

/** Sizes at which an exponential cost can still be seen. */
const small = [12, 16, 20, 24, 28, 32, 64, 256];

export type Run = (text: string) => unknown;

/**
 * Where the cost of a text grows faster than its length: a sentence, or undefined where it is linear. It climbs from
 * small texts to the largest annotations that a pod may have, or to `longest`, and stops at the first step that is too
 * steep, so that what is quadratic costs a second and not a minute.
 *
 * @param from where another way of reading begins, the first length that is read so
 */
export async function steepness(run: Run, shape: (length: number) => string, longest = longestText, from = 0) {
  let before = Number.POSITIVE_INFINITY;
  for (const length of ladder(longest).filter((one) => one >= from)) {
    const text = shape(length);
    const now = await cost(run, text);
    if (length <= 2048 && now > mostForSmall && (await least(run, text, 3)) > mostForSmall)
      return `${length} characters take ${Math.round(now / 1000)} ms`;
    if (length > 2048 && now > floor && now > before * mostRatio) {
      const steep = await confirmed(run, shape(length / step), text);
      if (steep !== undefined) return steep;
    }
    if (now > enough) return undefined;
    before = now;
  }
  return undefined;
}

function ladder(longest: number): readonly number[] {
  const large: number[] = [];
  for (let length = longest; length > 512; length /= step) large.unshift(Math.floor(length));
  return [...small.filter((one) => one <= longest), ...large];
}

/** A suspicion is confirmed by the least of several runs: what else the machine does only ever adds. */
async function confirmed(run: Run, quarter: string, whole: string): Promise<string | undefined> {
  let short = Number.POSITIVE_INFINITY;
  let long = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < attempts; attempt++) {
    short = Math.min(short, await average(run, quarter));
    long = Math.min(long, await cost(run, whole));
    if (long <= floor || long <= short * mostRatio) return undefined;
  }
  const say = (text: string, time: number) => `${text.length} characters take ${(time / 1000).toFixed(1)} ms`;
  return `${say(quarter, short)}, ${say(whole, long)}`;
}

async function least(run: Run, text: string, times: number): Promise<number> {
  let found = Number.POSITIVE_INFINITY;
  for (let i = 0; i < times; i++) found = Math.min(found, await cost(run, text));
  return found;
}

/** The kernel may count CPU time in ticks of some milliseconds, so a short run is done again and again. */
async function average(run: Run, text: string): Promise<number> {
  let total = 0;
  let times = 0;
  while (total < floor && times < 200) {
    total += await cost(run, text);
    times++;
  }
  return total / times;
}

/** CPU time of this thread alone: neither other processes nor the collector's threads count. */
async function cost(run: Run, text: string): Promise<number> {
  const start = process.threadCpuUsage();
  await run(text);
  const { user, system } = process.threadCpuUsage(start);
  return user + system;
}
