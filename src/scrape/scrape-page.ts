import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PageFormat } from '../exposition/metric/family.ts';
import type { MetricStore } from '../exposition/metric/metric-store.ts';
import type { MakeRoom } from '../memory/make-room.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Runtime, ScrapeHandler } from '../runtime/runtime.ts';
import type { CollectStats } from './collect.ts';
import { createCollector } from './collect.ts';
import { acceptsGzip, contentTypes, negotiateFormat } from './negotiate.ts';
import { createRenderer, type Encoding } from './page-renderer.ts';
import { scrapeDeadline } from './scrape-deadline.ts';
import { createScrapedSamples, type ScrapedSamples } from './scraped-samples.ts';

/** The counts of scrapes, for the metrics of the process. */
export interface ScrapeStats {
  /** Pages by format and encoding: `text identity`, `openmetrics gzip`. */
  readonly scrapes: ReadonlyMap<`${PageFormat} ${Encoding}`, number>;
  /** From the request to the finished page, collecting included. */
  readonly lastDurationSeconds: number;
  /** Bytes of the last page before compression. */
  readonly lastBytes: number;
  /** Pages that were not made, because clients were reading too many. */
  readonly refused: number;
  readonly collect: CollectStats;
}

/** The one page of a process, for its own port and for every other port that shows it. */
export interface ScrapePage {
  readonly handler: ScrapeHandler;
  stats(): ScrapeStats;
  readonly scrapedSamples: ScrapedSamples;
}

/** A smaller page fits into one packet without compression. */
const gzipFromBytes = 1400;

/** Copies of the labels in memory while a page of protobuf is made, since it is made as a whole. */
const protobufCopies = 4;

/** Makes the page of these runtimes; `runtimes` is called at every scrape, so the page may exist before them. */
export function createScrapePage(options: {
  readonly store: MetricStore;
  readonly runtimes: () => readonly Runtime[];
  readonly log: Logger;
  readonly now: () => number;
  /** Bytes of pages that are kept from scrape to scrape, and of those that clients are reading. Absent: no bound. */
  readonly pageBytes?: number;
  /** Called before a page is made. */
  readonly makeRoom?: MakeRoom;
}): ScrapePage {
  const { store, runtimes, log, now, pageBytes = Number.POSITIVE_INFINITY, makeRoom = () => {} } = options;
  const collector = createCollector(runtimes, log, now);
  const render = createRenderer(store, pageBytes, makeRoom);
  const scrapedSamples = createScrapedSamples(() =>
    runtimes().reduce((sum, runtime) => sum + (runtime.samples?.() ?? 0), 0),
  );
  const scrapes = new Map<`${PageFormat} ${Encoding}`, number>();
  let lastDurationSeconds = 0;
  let lastBytes = 0;
  /** Bytes of pages that clients are still reading. */
  let readBytes = 0;
  let refused = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = now();
    const format = formatFor(request.headers.accept);
    const header = request.headers['x-prometheus-scrape-timeout-seconds'];
    await collector.collect(scrapeDeadline(typeof header === 'string' ? header : undefined, started));
    // The client may be gone: nothing would release the page.
    if (response.destroyed || response.closed) return;
    if (readBytes > pageBytes) {
      refused++;
      response.writeHead(503, { 'retry-after': '1', 'content-type': 'text/plain; charset=utf-8' });
      response.end('Clients are still reading as many pages as there is memory for: ask again.\n');
      return;
    }
    const sent = scrapedSamples.begin();
    const { rendered, encoding } = await rendition(format, singleLine(request.headers['accept-encoding']));
    if (response.destroyed || response.closed) {
      rendered.release();
      return;
    }
    const bytes = rendered.pieces.reduce((sum, { length }) => sum + length, 0);
    readBytes += bytes;
    response.once('close', () => {
      readBytes -= bytes;
      rendered.release();
    });
    lastBytes = rendered.size;
    const key = `${format} ${encoding}` as const;
    scrapes.set(key, (scrapes.get(key) ?? 0) + 1);
    lastDurationSeconds = Math.max(0, now() - started) / 1000;
    response.writeHead(200, {
      'content-type': contentTypes[format],
      'content-length': bytes,
      'cache-control': 'no-store',
      vary: 'Accept, Accept-Encoding',
      ...(encoding === 'gzip' ? { 'content-encoding': encoding } : {}),
    });
    if (request.method !== 'HEAD') {
      response.once('finish', sent);
      // All pieces in one system call.
      response.cork();
      for (const piece of rendered.pieces) response.write(piece);
    }
    response.end();
  }

  /**
   * A page that is too large to be made as a whole is written in lines: scrapers that accept protobuf accept
   * OpenMetrics.
   */
  function formatFor(accept: string | undefined): PageFormat {
    const format = negotiateFormat(accept);
    return format === 'protobuf' && store.labelBytes * protobufCopies > pageBytes ? 'openmetrics' : format;
  }

  async function rendition(format: PageFormat, acceptEncoding: string | undefined) {
    if (acceptsGzip(acceptEncoding)) {
      const rendered = await render(format, 'gzip');
      if (rendered.size >= gzipFromBytes) return { rendered, encoding: 'gzip' } as const;
      rendered.release();
    }
    return { rendered: await render(format, 'identity'), encoding: 'identity' } as const;
  }

  return {
    handler(request, response) {
      request.resume();
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        response.writeHead(405, { allow: 'GET, HEAD', 'content-type': 'text/plain; charset=utf-8' });
        response.end('The page is read with GET or HEAD.\n');
        return;
      }
      answer(request, response).catch((error: unknown) => {
        log.error('scrape failed', { error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
        if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' });
        response.end('The page could not be made; the log says why.\n');
      });
    },
    scrapedSamples,
    stats: () => ({ scrapes, lastDurationSeconds, lastBytes, refused, collect: collector.stats }),
  };
}

function singleLine(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.join(', ');
}
