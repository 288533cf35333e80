import * as http from 'node:http';
import * as https from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import type { Kube, KubeProblem, KubeRequest } from '../kube.ts';
import { answerLimit, type Exchange, exchangeWhole, unreachable } from './exchange.ts';
import { followPhase } from './phase.ts';
import { followLines } from './stream.ts';

/** Where an API server is, and how to be let in. */
export interface Endpoint {
  /** `https://10.96.0.1:443`; may have a path, as behind Rancher: `https://host/k8s/clusters/c-1`. */
  readonly server: string;
  /** Asked before each request: the kubelet rotates tokens, plugins renew theirs. */
  readonly access: () => Promise<Access>;
  /** What opens the sockets where the common agent cannot, as through a proxy. Closed with the connection. */
  readonly agent?: http.Agent | undefined;
  /** Gets the `Date` of each answer, in milliseconds since the epoch. */
  readonly heard?: ((serverTime: number) => void) | undefined;
}

export type Access =
  | { readonly ok: true; readonly headers: Readonly<Record<string, string>>; readonly tls: TlsOptions }
  | { readonly ok: false; readonly problem: string };

export type TlsOptions = Pick<SecureContextOptions, 'ca' | 'cert' | 'key' | 'pfx' | 'passphrase'> & {
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
};

/** Milliseconds, for requests that name none; a stream has as long for its first headers. */
const defaultTimeout = 10_000;
/**
 * Milliseconds. Idle sockets are ours to close first: what is written to one that the API server is closing (it does so
 * after 90 s) is lost.
 */
const idleTimeout = 30_000;

/** A connection to the API server at `endpoint`. Opens no socket before the first request. */
export function createKube(endpoint: Endpoint): Kube {
  const base = new URL(endpoint.server);
  const agent = endpoint.agent ?? ownAgent(base);
  const live = new Set<http.ClientRequest>();
  let closed = false;

  const start = async (wish: KubeRequest): Promise<Exchange | KubeProblem> => {
    const what = `${wish.method} ${wish.path}`;
    const access = await endpoint.access();
    if (!access.ok) return { code: 'unauthorized', message: `${what}: ${access.problem}` };
    if (closed) return unreachable(what, 'the connection is closed');
    const request = sendable(() => send(base, wish, access, agent));
    // Thrown before anything was sent, by a token that no header may hold or a certificate that is none. Not quoted:
    // secrets.
    if (request === undefined) return { code: 'unauthorized', message: `${what}: the credentials cannot be sent` };
    live.add(request);
    request.once('response', ({ headers }) => endpoint.heard?.(Date.parse(headers.date ?? '')));
    request.once('close', () => live.delete(request));
    const phase = followPhase(request, hostOf(base), base.protocol === 'https:');
    return { what, server: base.origin, request, phase };
  };

  return {
    server: endpoint.server,
    request: async (wish) => {
      const exchange = await start(wish);
      if ('code' in exchange) return { ok: false, problem: exchange };
      const { timeout = defaultTimeout, mostBytes = answerLimit } = wish;
      return exchangeWhole(exchange, bodyOf(wish), { timeout, mostBytes });
    },
    stream: (wish, line) => followLines(start(wish), defaultTimeout, line),
    close: () => {
      closed = true;
      for (const request of live) request.destroy(new Error('the connection is closed'));
      agent.destroy();
    },
  };
}

/**
 * The agent keeps sockets apart by their TLS options: a new certificate or authority gets sockets of its own.
 * @param proxyEnv the environment whose `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` hold
 */
export function ownAgent(base: URL, proxyEnv: Readonly<Record<string, string | undefined>> = {}): http.Agent {
  const options = { keepAlive: true, timeout: idleTimeout, proxyEnv };
  return base.protocol === 'https:' ? new https.Agent(options) : new http.Agent(options);
}

function send(base: URL, wish: KubeRequest, access: Access & { ok: true }, agent: http.Agent): http.ClientRequest {
  const query = new URLSearchParams(wish.query).toString();
  const secure = base.protocol === 'https:';
  const client = secure ? https : http;
  return client.request({
    // Said, so that NODE_TLS_REJECT_UNAUTHORIZED in the environment switches nothing off.
    ...(secure ? { rejectUnauthorized: true, ...access.tls } : {}),
    agent,
    method: wish.method,
    host: hostOf(base),
    port: base.port === '' ? (secure ? 443 : 80) : Number(base.port),
    path: `${base.pathname.replace(/\/$/, '')}${wish.path}${query === '' ? '' : `?${query}`}`,
    headers: headersOf(wish, access.headers),
  });
}

function sendable<T>(send: () => T): T | undefined {
  try {
    return send();
  } catch {
    return undefined;
  }
}

function headersOf(wish: KubeRequest, access: Readonly<Record<string, string>>): Record<string, string> {
  const body = bodyOf(wish);
  return {
    // The API server takes the part before a slash as the name of who manages a field, where nothing else is said.
    'User-Agent': 'metrics-sidecar',
    Accept: wish.accept ?? 'application/json',
    ...(body === undefined
      ? {}
      : {
          'Content-Type': wish.contentType ?? 'application/json',
          'Content-Length': String(Buffer.byteLength(body)),
        }),
    ...access,
  };
}

function bodyOf({ body }: KubeRequest): string | undefined {
  return body === undefined ? undefined : JSON.stringify(body);
}

/** IPv6 addresses stand in brackets in an URL, and without them everywhere else. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}
