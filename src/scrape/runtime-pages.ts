import type { IncomingMessage, ServerResponse } from 'node:http';
import { createInflight, type Inflight } from '../net/inflight.ts';
import { type Received, receiveBody } from '../net/receive-body.ts';
import type { Logger } from '../runtime/logger.ts';
import type { PageAnswer, Runtime, RuntimePage, ScrapeHandler } from '../runtime/runtime.ts';
import { pageHeaders } from './html-document.ts';
import { send } from './send-text.ts';

/** The handler of the requests for one path. */
export interface PageRoute {
  readonly methods: readonly string[];
  /** Whether the handler reads the request's body; otherwise the body is dropped. */
  readonly body?: boolean;
  readonly handle: ScrapeHandler;
}

const types: Readonly<Record<PageAnswer['type'], string>> = {
  html: 'text/html; charset=utf-8',
  json: 'application/json; charset=utf-8',
  script: 'text/javascript; charset=utf-8',
  text: 'text/plain; charset=utf-8',
};
/** The bytes of all bodies that are being received together. */
const inflightBytes = 2 ** 20;
const nothing = Buffer.alloc(0);

/** The pages of the runtimes, by path. */
export function runtimePages(runtimes: readonly Runtime[], log: Logger): readonly (readonly [string, PageRoute])[] {
  const inflight = createInflight(inflightBytes);
  return runtimes.flatMap(({ kind, pages = [] }) =>
    pages.map((page): readonly [string, PageRoute] => [
      page.path,
      {
        methods: page.methods,
        body: page.bodyLimit !== undefined,
        handle(request, response) {
          answer(page, request, response, inflight).catch((error: unknown) => {
            const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
            log.error('page failed', { kind, path: page.path, error: text });
            if (response.headersSent) response.destroy();
            else send(response, 500, 'The page could not be made; the log says why.\n');
          });
        },
      },
    ]),
  );
}

async function answer(
  page: RuntimePage,
  request: IncomingMessage,
  response: ServerResponse,
  inflight: Inflight,
): Promise<void> {
  const { method = '', headers, url = '' } = request;
  const { bodyLimit } = page;
  let body: Buffer = nothing;
  if (bodyLimit !== undefined) {
    if (isEncoded(headers['content-encoding'])) {
      request.resume();
      send(response, 415, 'The body has to come without Content-Encoding.\n');
      return;
    }
    const received = await receiveBody(request, { limit: bodyLimit }, inflight);
    if (!received.ok) return refuse(response, received.why, bodyLimit);
    body = received.bytes;
  }
  const query = new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?')) : '');
  const { status, type, body: text, headers: more } = await page.answer({ method, headers, query, body });
  send(response, status, text, { ...pageHeaders, 'content-type': types[type], ...more });
}

function isEncoded(header: string | undefined): boolean {
  return !['', 'identity'].includes(header?.trim().toLowerCase() ?? '');
}

function refuse(response: ServerResponse, why: Exclude<Received, { ok: true }>['why'], limit: number): void {
  if (why === 'too_large') send(response, 413, `The body is over ${limit} bytes.\n`);
  else if (why === 'fragmented') send(response, 400, 'The body came in pieces of some bytes.\n');
  else if (why === 'too_many_inflight') {
    send(response, 429, 'Too many bodies are being received at once.\n', { 'retry-after': '1' });
  } else response.destroy();
}
