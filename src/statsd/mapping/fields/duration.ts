/** Nanoseconds of each unit of Go's `time.ParseDuration`; both letters µ are valid, as there. */
const units: ReadonlyMap<string, number> = new Map([
  ['ns', 1],
  ['us', 1e3],
  ['µs', 1e3],
  ['μs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
  ['m', 6e10],
  ['h', 3.6e12],
]);

const whole = /^[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;
const part = /[+-]?([\d.]+)(ns|us|µs|μs|ms|s|m|h)/gy;
const most = 2 ** 63;

export const nanosecondsPerMillisecond = 1e6;

/**
 * A duration as Go's `time.ParseDuration` reads it: `1h30m`, `-1.5s`, `0`.
 *
 * @returns nanoseconds; undefined where Go returns an error
 */
export function goDuration(text: string): number | undefined {
  if (/^[+-]?0$/.test(text)) return 0;
  if (!whole.test(text)) return undefined;
  let sum = 0;
  for (const [, amount, unit] of text.matchAll(part)) sum += Number(amount) * units.get(unit!)!;
  if (sum >= most) return undefined;
  return text.startsWith('-') ? -Math.trunc(sum) : Math.trunc(sum);
}
