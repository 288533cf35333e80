import { createServer, type Server, type ServerResponse } from 'node:http';

export interface WebPages {
  /** Why the webhook is not ready; undefined where it is. */
  readonly notReady: () => string | undefined;
  readonly metrics: () => Promise<string>;
  readonly metricsType: string;
  /** The landing page, plain text. */
  readonly landing: () => string;
}

const text = 'text/plain; charset=utf-8';
const routes = ['/', '/healthz', '/readyz', '/metrics'];

/** Milliseconds. Late requests are looked for every second; Node's default is every 30. */
const limits = {
  keepAliveTimeout: 60_000,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 1000,
};

/**
 * The plain HTTP server of probes, metrics and the landing page, not yet listening. On `node:http`, not Fastify: see
 * docs/decisions/0015-plain-port-on-node-http.md.
 */
export function createWeb(pages: WebPages): Server {
  return createServer(limits, (request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0]!;
    if (!routes.includes(path)) {
      return answer(response, 404, text, `there is nothing here; there are ${routes.join(', ')}\n`);
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      return answer(response, 405, text, `${request.method} is not answered here, only GET and HEAD\n`);
    }
    if (path === '/healthz') return answer(response, 200, text, 'ok\n');
    if (path === '/readyz') {
      const reason = pages.notReady();
      return answer(response, reason === undefined ? 200 : 503, text, `${reason ?? 'ok'}\n`);
    }
    if (path === '/') return answer(response, 200, text, pages.landing());
    pages.metrics().then(
      (page) => answer(response, 200, pages.metricsType, page),
      (error) => answer(response, 500, text, `the metrics could not be collected: ${(error as Error).message}\n`),
    );
  });
}

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.statusCode = status;
  response.setHeader('content-type', type);
  response.setHeader('content-length', Buffer.byteLength(body));
  response.end(body);
}
