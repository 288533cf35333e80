const DEFAULT_TIMEOUT_MS = 10_000;
const LONGEST_TIMEOUT_MS = 60_000;
const MARGIN_MS = 500;
/** Of a short timeout the margin may take no more than this share. */
const MARGIN_SHARE = 0.2;

/**
 * When a scrape must be answered, in ms since the epoch, by the header `X-Prometheus-Scrape-Timeout-Seconds`; a margin is left to
 * render and send the page. Without the header: 10 s, Prometheus' own default.
 */
export function scrapeDeadline(header: string | undefined, now: number): number {
  const seconds = Number(header ?? Number.NaN);
  const given = seconds > 0 ? Math.min(seconds * 1000, LONGEST_TIMEOUT_MS) : DEFAULT_TIMEOUT_MS;
  return now + given - Math.min(MARGIN_MS, given * MARGIN_SHARE);
}
