import type { Logger } from '../runtime/logger.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { ScrapedSamples } from '../scrape/scraped-samples.ts';

export interface LastScrape {
  readonly seen: ScrapedSamples;
  readonly runtimes: readonly Runtime[];
  readonly log: Logger;
  /** Milliseconds of a clock that nobody sets. */
  readonly monotonic: () => number;
  /** Milliseconds at most. */
  readonly wait: number;
  /** Whether samples are worth the wait although nobody scraped so far. */
  readonly withoutScrape: boolean;
}

/**
 * Waits until a scraper has seen what was counted last, then closes the inputs. What still lay in them is counted too,
 * and waits for one more scrape where time is left. Where nobody ever scraped, nobody is waited for.
 */
export async function waitForLastScrape({ seen, runtimes, ...options }: LastScrape): Promise<void> {
  const { log, monotonic, wait, withoutScrape } = options;
  const end = monotonic() + wait;
  const isScraped = () => seen.pages() > 0;
  if (wait > 0 && (isScraped() || (withoutScrape && seen.samples() > 0))) {
    log.info('waits for a scrape', { atMost: wait, samplesUnscraped: seen.unscraped() });
    await seen.next(wait);
  }
  await Promise.all(runtimes.map((runtime) => runtime.drain?.()));
  while (seen.unscraped() > 0 && (isScraped() || withoutScrape)) {
    const left = end - monotonic();
    if (left <= 0) return;
    await seen.next(left);
  }
}
