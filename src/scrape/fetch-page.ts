import type { Agent, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';

/** The reasons why a page could not be fetched; they are values of a label. */
export type FetchFailure =
  /** The connection could not be made. */
  | 'connect'
  | 'timeout'
  /** Another status than 200; redirects are not followed. */
  | 'status'
  /** The sink refused the rest. */
  | 'too_large'
  /** A Content-Encoding that was not asked for and is not gzip, or broken gzip. */
  | 'encoding'
  /** The connection ended before the page did. */
  | 'aborted';

export type FetchResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: FetchFailure; readonly detail: string };

/** Receives the page in pieces, uncompressed; false: the rest is not wanted. */
export interface PageSink {
  push(chunk: Uint8Array): boolean;
}

export interface PageFetcher {
  /**
   * Puts the page into the sink that `open` makes for its Content-Type. Resolves within `timeout` milliseconds and
   * never rejects. The content of the sink is to be dropped where the fetch failed.
   */
  fetch(timeout: number, open: (contentType: string) => PageSink): Promise<FetchResult>;
  /** Ends the fetches under way and the idle connection. */
  close(): void;
}

/**
 * Text 0.0.4 is preferred; a server that has OpenMetrics alone may answer with that. On loopback gzip costs more than
 * bytes.
 */
const headers = { accept: 'text/plain;version=0.0.4,*/*;q=0.1', 'accept-encoding': 'identity' };

interface Transport {
  readonly get: typeof import('node:http').get;
  readonly agent: Agent;
}

/** Fetches one metrics page again and again over one connection. */
export function createPageFetcher(url: string): PageFetcher {
  const target = new URL(url);
  const underWay = new Set<AbortController>();
  // Made on the first use: a sidecar without a page to merge has no HTTP client.
  let transport: Promise<Transport> | undefined;

  return {
    async fetch(timeout, open) {
      // Without time left no request is sent.
      if (timeout <= 0) return failed('timeout', 'no time was left for it');
      transport ??= connectTo(target);
      const { get, agent } = await transport;
      // Not AbortSignal.any() with a signal that lives as long as the process: that one would keep all others in
      // memory.
      const ending = new AbortController();
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        ending.abort();
      }, timeout);
      underWay.add(ending);
      const once = () => attempt(get, target, { agent, headers, signal: ending.signal }, open);
      const first = await once();
      // The server may close an idle connection in the moment of its next use; that says nothing about the page.
      const { fetched } = first.stale && !ending.signal.aborted ? await once() : first;
      clearTimeout(timer);
      underWay.delete(ending);
      return late && !fetched.ok ? failed('timeout', `no page within ${timeout} ms`) : fetched;
    },
    close() {
      for (const ending of underWay) ending.abort();
      void transport?.then(({ agent }) => agent.destroy());
    },
  };
}

async function connectTo({ protocol, hostname }: URL): Promise<Transport> {
  const options = { keepAlive: true, maxSockets: 1 };
  if (protocol !== 'https:') {
    const { get, Agent } = await import('node:http');
    return { get, agent: new Agent(options) };
  }
  const { get, Agent } = await import('node:https');
  // No certificate is issued for the pod's loopback, and no other pod can answer there.
  const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  return { get, agent: new Agent({ ...options, rejectUnauthorized: !loopback }) };
}

function failed(reason: FetchFailure, detail: string): { ok: false; reason: FetchFailure; detail: string } {
  return { ok: false, reason, detail };
}

/** `stale`: an idle connection was used again, and nothing came on it. */
function attempt(
  get: Transport['get'],
  target: URL,
  options: { agent: Agent; headers: Record<string, string>; signal: AbortSignal },
  open: (contentType: string) => PageSink,
): Promise<{ readonly fetched: FetchResult; readonly stale: boolean }> {
  return new Promise((resolve) => {
    const request = get(target, options, (response) => {
      void read(response, open).then((fetched) => {
        if (!fetched.ok) request.destroy();
        resolve({ fetched, stale: false });
      });
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      const connected = request.socket?.connecting === false && error.syscall !== 'connect';
      const stale = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      resolve({ fetched: failed(connected ? 'aborted' : 'connect', error.message), stale });
    });
  });
}

async function read(response: IncomingMessage, open: (contentType: string) => PageSink): Promise<FetchResult> {
  if (response.statusCode !== 200) return failed('status', `answered ${response.statusCode}`);
  const encoding = response.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip') {
    return failed('encoding', `encoded as ${JSON.stringify(encoding.slice(0, 60))}, which was not asked for`);
  }
  const sink = open(response.headers['content-type'] ?? '');
  try {
    for await (const chunk of encoding === 'gzip' ? await unzipped(response) : response) {
      if (!sink.push(chunk as Buffer)) return failed('too_large', 'the page is over a limit');
    }
    return { ok: true };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return failed(code?.startsWith('Z_') ? 'encoding' : 'aborted', message);
  }
}

async function unzipped(response: IncomingMessage): Promise<Readable> {
  const [{ pipeline }, { createGunzip }] = await Promise.all([import('node:stream'), import('node:zlib')]);
  // The reader of the unzipped stream gets the error.
  return pipeline(response, createGunzip(), () => {});
}
