import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { ConnectionGuard } from '../net/connections.ts';
import { listen } from '../net/listen.ts';
import type { Failure } from '../result/result.ts';
import type { RoutesOptions } from './routes.ts';
import { createRoutes } from './routes.ts';
import type { ScrapePage } from './scrape-page.ts';
import { createScrapePage } from './scrape-page.ts';

export interface ScrapeServerOptions extends RoutesOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The page that the runtimes were given; without it one is made of `runtimes`. */
  readonly page?: ScrapePage;
  readonly connections?: ConnectionGuard;
}

export interface ScrapeServer {
  readonly ok: true;
  readonly address: { readonly host: string; readonly port: number };
  readonly page: ScrapePage;
  /** Lets requests finish, then closes every connection. May be called twice. */
  close(): Promise<void>;
}

/** Prometheus scrapes every 15 s to 1 min: a connection must outlive the longest common interval. */
const keepAliveMs = 75_000;
const headersMs = 10_000;
const requestMs = 30_000;
/** A client that takes nothing of a page for so long is gone. */
const stalledMs = 90_000;
const headerBytes = 16 * 1024;
/** Node's own default would look for what is late every 30 s. */
const checkMs = 1000;
const drainMs = 2000;

function closer(server: Server, closing: { now: boolean }): () => Promise<void> {
  let closed: Promise<void> | undefined;
  return () => {
    closed ??= new Promise((resolve) => {
      closing.now = true;
      const timer = setTimeout(() => server.closeAllConnections(), drainMs);
      server.close(() => {
        clearTimeout(timer);
        resolve();
      });
      server.closeIdleConnections();
    });
    return closed;
  };
}

/** Starts the HTTP server that Prometheus, the kubelet and people talk to. */
export async function startScrapeServer(options: ScrapeServerOptions): Promise<ScrapeServer | Failure> {
  const { host, port, log, store, now, runtimes } = options;
  const page = options.page ?? createScrapePage({ store, runtimes: () => runtimes, log, now });
  const routes = createRoutes(options, page);
  const closing = { now: false };
  const limits = { keepAliveTimeout: keepAliveMs, headersTimeout: headersMs, requestTimeout: requestMs };
  const server = createServer(
    { ...limits, connectionsCheckingInterval: checkMs, maxHeaderSize: headerBytes },
    (request: IncomingMessage, response: ServerResponse) => {
      // A request that comes while the server closes is answered, and its connection closed.
      if (closing.now) response.setHeader('connection', 'close');
      response.once('close', () => {
        if (closing.now) server.closeIdleConnections();
      });
      response.on('error', (error) => log.debug('response failed', { error: String(error) }));
      routes(request, response);
    },
  );
  options.connections?.watch(server);
  server.timeout = stalledMs;
  const listening = await listen(server, { host, port });
  if (!listening.ok) return listening;
  server.on('error', (error) => log.error('scrape server failed', { error: String(error) }));
  const address = { host, port: listening.value.port };
  return { ok: true, address, page, close: closer(server, closing) };
}
