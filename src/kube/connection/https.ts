import * as http from 'node:http';
import * as https from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import type { Kube, KubeProblem, KubeRequest } from '../kube.ts';
import { answerLimit, type Exchange, exchangeWhole, unreachable } from './exchange.ts';
import { followPhase } from './phase.ts';
import { followLines } from './stream.ts';

/** The address of an API server, and the credentials for it. */
export interface Endpoint {
  /** `https://10.96.0.1:443`; may have a path, as behind Rancher: `https://host/k8s/clusters/c-1`. */
  readonly server: string;
  /** Called before each request: the kubelet rotates tokens, plugins renew theirs. */
  readonly access: () => Promise<Access>;
  /** Opens the sockets where the common agent cannot, as through a proxy. Closed with the connection. */
  readonly agent?: http.Agent | undefined;
  /** Gets the `Date` of each answer; milliseconds since the epoch. */
  readonly onServerTime?: ((serverTime: number) => void) | undefined;
}

export type Access =
  | { readonly ok: true; readonly headers: Readonly<Record<string, string>>; readonly tls: TlsOptions }
  | { readonly ok: false; readonly problem: string };

export type TlsOptions = Pick<SecureContextOptions, 'ca' | 'cert' | 'key' | 'pfx' | 'passphrase'> & {
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
};

/** Milliseconds, for requests without a timeout; a stream has the same time for its first headers. */
const defaultTimeoutMs = 10_000;
/**
 * Milliseconds. We close idle sockets before the API server does (after 90 s): a request on a socket that it is closing
 * is lost.
 */
const idleTimeoutMs = 30_000;

/** A connection to the API server at `endpoint`. Opens no socket before the first request. */
export function createKube(endpoint: Endpoint): Kube {
  const base = new URL(endpoint.server);
  const agent = endpoint.agent ?? ownAgent(base);
  const live = new Set<http.ClientRequest>();
  let closed = false;

  const start = async (request: KubeRequest): Promise<Exchange | KubeProblem> => {
    const what = `${request.method} ${request.path}`;
    const access = await endpoint.access();
    if (!access.ok) return { code: 'unauthorized', message: `${what}: ${access.problem}` };
    if (closed) return unreachable(what, 'the connection is closed');
    const sent = valueUnlessThrown(() => send(base, request, access, agent));
    // `send` throws for a token that no header may hold, or for a certificate that is none. The error may quote them.
    if (sent === undefined) return { code: 'unauthorized', message: `${what}: the credentials cannot be sent` };
    live.add(sent);
    sent.once('response', ({ headers }) => endpoint.onServerTime?.(Date.parse(headers.date ?? '')));
    sent.once('close', () => live.delete(sent));
    const phase = followPhase(sent, hostOf(base), base.protocol === 'https:');
    return { what, server: base.origin, request: sent, phase };
  };

  return {
    server: endpoint.server,
    request: async (request) => {
      const exchange = await start(request);
      if ('code' in exchange) return { ok: false, problem: exchange };
      const { timeout = defaultTimeoutMs, mostBytes = answerLimit } = request;
      return exchangeWhole(exchange, bodyOf(request), { timeout, mostBytes });
    },
    stream: (request, line) => followLines(start(request), defaultTimeoutMs, line),
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
  const options = { keepAlive: true, timeout: idleTimeoutMs, proxyEnv };
  return base.protocol === 'https:' ? new https.Agent(options) : new http.Agent(options);
}

function send(base: URL, request: KubeRequest, access: Access & { ok: true }, agent: http.Agent): http.ClientRequest {
  const query = new URLSearchParams(request.query).toString();
  const secure = base.protocol === 'https:';
  const client = secure ? https : http;
  return client.request({
    // Set here, so that NODE_TLS_REJECT_UNAUTHORIZED in the environment cannot switch it off.
    ...(secure ? { rejectUnauthorized: true, ...access.tls } : {}),
    agent,
    method: request.method,
    host: hostOf(base),
    port: base.port === '' ? (secure ? 443 : 80) : Number(base.port),
    path: `${base.pathname.replace(/\/$/, '')}${request.path}${query === '' ? '' : `?${query}`}`,
    headers: headersOf(request, access.headers),
  });
}

function valueUnlessThrown<T>(send: () => T): T | undefined {
  try {
    return send();
  } catch {
    return undefined;
  }
}

function headersOf(request: KubeRequest, access: Readonly<Record<string, string>>): Record<string, string> {
  const body = bodyOf(request);
  return {
    // The API server takes the part before a slash as the field manager, unless the query names one.
    'User-Agent': 'metrics-sidecar',
    Accept: request.accept ?? 'application/json',
    ...(body === undefined
      ? {}
      : {
          'Content-Type': request.contentType ?? 'application/json',
          'Content-Length': String(Buffer.byteLength(body)),
        }),
    ...access,
  };
}

function bodyOf({ body }: KubeRequest): string | undefined {
  return body === undefined ? undefined : JSON.stringify(body);
}

/** IPv6 addresses have brackets in a URL, and nowhere else. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}
