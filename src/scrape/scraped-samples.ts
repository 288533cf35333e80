/** Counts the samples that a scraper has read: those before the start of a page that was sent as a whole. */
export interface ScrapedSamples {
  /** Pages that were sent as a whole. */
  pages(): number;
  /** Samples since the start of the process. */
  samples(): number;
  /** Samples that were on no page that was sent as a whole. */
  unscraped(): number;
  /** To be called before a page is made. @returns a function to call when its last byte was sent */
  begin(): () => void;
  /**
   * Resolves with true when a page that began after this call was sent as a whole, with false after `atMost`
   * milliseconds.
   */
  next(atMost: number): Promise<boolean>;
}

/** @param samples how many samples all runtimes together received since the start */
export function createScrapedSamples(samples: () => number): ScrapedSamples {
  let begun = 0;
  let pages = 0;
  let scraped = 0;
  const waiting = new Set<{ readonly after: number; readonly done: () => void }>();
  return {
    pages: () => pages,
    samples,
    unscraped: () => Math.max(0, samples() - scraped),
    begin() {
      const order = ++begun;
      // Samples that come while the page is made may be on it or not. They count as unread, so that none is lost.
      const before = samples();
      return () => {
        pages++;
        scraped = Math.max(scraped, before);
        for (const waiter of waiting) if (order > waiter.after) waiter.done();
      };
    },
    next: (atMost) =>
      new Promise((resolve) => {
        const end = (sent: boolean) => {
          clearTimeout(timer);
          waiting.delete(waiter);
          resolve(sent);
        };
        const waiter = { after: begun, done: () => end(true) };
        const timer = setTimeout(end, Math.max(0, atMost), false);
        waiting.add(waiter);
      }),
  };
}
