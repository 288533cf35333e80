/** Which samples a scraper has seen: those that were there when a page began that was sent whole. */
export interface Seen {
  /** Pages that were sent whole. */
  pages(): number;
  /** Samples that came since the start. */
  samples(): number;
  /** Samples that no page had which was sent whole. */
  unscraped(): number;
  /** To be called before a page is made; the returned function when the last byte of it was sent. */
  begin(): () => void;
  /**
   * Resolves with true when a page was sent whole that began after this call, with false after `atMost` milliseconds.
   */
  next(atMost: number): Promise<boolean>;
}

/** @param samples how many came since the start, in all runtimes together */
export function createSeen(samples: () => number): Seen {
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
      // What comes while the page is made may be on it or not. It counts as not seen, so that none is lost.
      const had = samples();
      return () => {
        pages++;
        scraped = Math.max(scraped, had);
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
