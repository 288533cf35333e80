import { isIPv4 } from 'node:net';
import { firstUpstreamPort, type haproxyFlags, type Upstream } from '../contract/haproxy.ts';
import { metricsPath } from '../contract/names.ts';
import type { Settings } from '../flags/flag.ts';
import { haproxyRoutes } from './route.ts';

export type HaproxySettings = Settings<typeof haproxyFlags>;

/** What the configuration must know of the pod. */
export interface PodNetwork {
  readonly ipv6: boolean;
}

/** Connections kept free for the metrics page and the health check when the application's are all in use. */
const ownConnections = 16;

/** The path of HAProxy's health check on the exporter's port; 503 from the moment HAProxy was told to stop. */
const healthPath = '/healthz';

/**
 * HAProxy's configuration: the proxy before the application, one backend a route, one section an upstream, the metrics
 * page on loopback. The same text is right for HAProxy 2.6 to 3.x and gives no warnings there; every value in it comes
 * from a codec whose characters cannot end an argument or a line.
 */
export function haproxyConfig(settings: HaproxySettings, pod: PodNetwork): string {
  const sections = [
    global(settings),
    ...(settings.upstreams.some(({ host }) => !isIPv4(host)) ? [resolvers] : []),
    defaults(settings),
    ...inbound(settings, pod),
    ...settings.upstreams.map((upstream, i) => outbound(upstream, firstUpstreamPort + i, settings)),
    metricsPage(settings),
  ];
  const text = sections.map(([head, ...lines]) => [head, ...lines.map((line) => `    ${line}`)].join('\n'));
  return `# Written by metrics-sidecar haproxy-config from the flags --haproxy.*; it is written again when the pod starts.\n${text.join('\n\n')}\n`;
}

/** The sentence that says which two listeners want the same port, if any do: HAProxy's own check does not see it. */
export function portClash({ appPort, listenPort, exporterPort, upstreams }: HaproxySettings): string | undefined {
  const users = new Map<number, string>();
  const all = [
    ['--haproxy.app-port', appPort],
    ['--haproxy.listen-port', listenPort],
    ['--haproxy.exporter-port', exporterPort],
    ...upstreams.map(({ name }, i) => [`upstream ${name}`, firstUpstreamPort + i] as const),
  ] as const;
  for (const [user, port] of all) {
    const other = users.get(port);
    if (other !== undefined) return `${other} and ${user} are both on port ${port}`;
    users.set(port, user);
  }
  return undefined;
}

type Section = readonly string[];

function global({ maxconn, threads, grace, hardStopAfter, upstreams }: HaproxySettings): Section {
  return [
    'global',
    // Never left to HAProxy: it derives it from the file limit, which containers often do not have, and takes
    // gigabytes.
    `maxconn ${maxconn * (1 + upstreams.length) + ownConnections}`,
    // Where the file limit is lower than maxconn asks for, serve with fewer connections rather than not start.
    'no strict-limits',
    // HAProxy's default is one thread for each CPU of the node, whatever the container's limit.
    `nbthread ${threads}`,
    // The listeners stay open this long after SIGUSR1, until no Service leads here any more.
    ...(grace > 0 ? [`grace ${grace}ms`] : []),
    `hard-stop-after ${hardStopAfter}ms`,
  ];
}

/** Without a resolver of its own HAProxy asks for a name once, when it starts, and never again. */
const resolvers: Section = [
  'resolvers pod',
  'parse-resolv-conf',
  // Answers of headless Services and CNAME chains do not fit the 512 bytes of plain DNS.
  'accepted_payload_size 8192',
];

function defaults(settings: HaproxySettings): Section {
  return [
    'defaults',
    'mode http',
    // A connection that opens and closes without a word is a probe of kubelet or a browser's spare one, no bad request.
    'option http-ignore-probes',
    'option dontlognull',
    // One: each retry waits for timeout connect, and a request to an application that is down should fail at once.
    'retries 1',
    `timeout connect ${settings.timeoutConnect}ms`,
    `timeout client ${settings.timeoutClient}ms`,
    `timeout server ${settings.timeoutServer}ms`,
    `timeout tunnel ${settings.timeoutTunnel}ms`,
    'timeout http-request 15s',
    'timeout http-keep-alive 65s',
    'timeout client-fin 10s',
    'timeout server-fin 10s',
  ];
}

function inbound(settings: HaproxySettings, pod: PodNetwork): Section[] {
  const routes = haproxyRoutes(settings.routes);
  return [
    [
      'frontend inbound',
      pod.ipv6 ? `bind :::${settings.listenPort} v4v6` : `bind :${settings.listenPort}`,
      `maxconn ${settings.maxconn}`,
      ...accessLog(settings),
      ...(settings.forwardedFor ? ['option forwardfor'] : []),
      'http-request set-header X-Request-ID %[uuid()] unless { req.hdr(X-Request-ID) -m found }',
      ...logVariables(settings),
      ...routes.map(({ backend, pattern }) => `use_backend ${backend} if { path_reg ${pattern} }`),
      'default_backend app',
    ],
    ...['app', ...routes.map(({ backend }) => backend)].map((name) => [
      `backend ${name}`,
      ...servers(`127.0.0.1:${settings.appPort}`),
    ]),
  ];
}

/**
 * The same address twice: what came as HTTP/2 (gRPC, prior knowledge) goes on as HTTP/2, the rest as HTTP/1.1. No
 * health check: with one server a failed one only turns slow answers into 503, and the first one, before the
 * application listens, would close the door for seconds.
 */
function servers(address: string, options = '', [http, h2]: readonly [string, string] = ['', ' proto h2']): Section {
  return [
    'use-server h2 if { req.ver 2 2.0 }',
    'use-server http unless { req.ver 2 2.0 }',
    `server http ${address}${options}${http}`,
    `server h2 ${address}${options}${h2}`,
  ];
}

function outbound({ name, tls, host, port }: Upstream, localPort: number, settings: HaproxySettings): Section {
  // A name that does not resolve is a 503 until it does, not an HAProxy that does not start. Both servers may have its
  // address, which HAProxy would otherwise give to the first alone.
  const resolve = ' resolvers pod resolve-prefer ipv4 resolve-opts allow-dup-ip init-addr none';
  const verify = ` ssl verify required ca-file @system-ca sni str(${host}) verifyhost ${host}`;
  const authority = port === (tls ? 443 : 80) ? host : `${host}:${port}`;
  return [
    `listen upstream:${name}`,
    `bind 127.0.0.1:${localPort}`,
    `maxconn ${settings.maxconn}`,
    ...accessLog(settings),
    ...logVariables(settings),
    `http-request set-header Host ${authority}`,
    ...servers(
      `${host}:${port}`,
      `${isIPv4(host) ? '' : resolve}${tls ? verify : ''}`,
      tls ? [' alpn http/1.1', ' alpn h2'] : undefined,
    ),
  ];
}

function metricsPage({ exporterPort }: HaproxySettings): Section {
  return [
    'frontend metrics',
    `bind 127.0.0.1:${exporterPort}`,
    `monitor-uri ${healthPath}`,
    'monitor fail if { stopping }',
    `http-request use-service prometheus-exporter if { path ${metricsPath} }`,
    'http-request return status 404',
  ];
}

/** What the log needs of a request: it is gone when the line is written. Without the query, which may hold secrets. */
function logVariables({ accessLog }: HaproxySettings): Section {
  if (!accessLog) return [];
  return [
    'http-request set-var(txn.request_id) req.hdr(X-Request-ID)',
    'http-request set-var(txn.method) method',
    'http-request set-var(txn.path) path',
  ];
}

/** One JSON object a request, times in milliseconds, -1 where the request did not come that far. */
const logFields = [
  '"ts":%Ts.%ms',
  '"request_id":"%[var(txn.request_id),json(utf8s)]"',
  '"client":"%[src]"',
  '"proxy":"%f"',
  '"backend":"%b"',
  '"method":"%[var(txn.method),json(utf8s)]"',
  '"path":"%[var(txn.path),json(utf8s)]"',
  '"status":%ST',
  '"termination":"%tsc"',
  '"queue_ms":%Tw',
  '"connect_ms":%Tc',
  '"response_ms":%Tr',
  '"active_ms":%Ta',
  '"bytes_out":%B',
  '"bytes_in":%U',
  '"retries":"%rc"',
  '"version":"%HV"',
];

/** On the section rather than in `global`, so that standard output has HAProxy's events of this section alone. */
function accessLog({ accessLog }: HaproxySettings): Section {
  return accessLog ? ['log stdout format raw local0 info', `log-format '{${logFields.join(',')}}'`] : [];
}
