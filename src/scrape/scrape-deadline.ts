const defaultTimeoutMs = 10_000;
const longestTimeoutMs = 60_000;
const marginMs = 500;
/** The most that the margin takes of a short timeout. */
const marginShare = 0.2;

/**
 * The time, in ms since the epoch, by which the runtimes must have collected, from the header
 * `X-Prometheus-Scrape-Timeout-Seconds`; a margin is left to render and send the page. Without the header the timeout
 * is 10 s, Prometheus' own default.
 */
export function scrapeDeadline(header: string | undefined, now: number): number {
  const seconds = Number(header ?? Number.NaN);
  const timeout = seconds > 0 ? Math.min(seconds * 1000, longestTimeoutMs) : defaultTimeoutMs;
  return now + timeout - Math.min(marginMs, timeout * marginShare);
}
