import { isIPv4 } from 'node:net';
import { type Codec, codecOf, parsed, refused, unanchored, where } from '../flags/codec.ts';
import { boolean, duration, file, integer, listOf, port, text } from '../flags/codecs.ts';
import { flag } from '../flags/flag.ts';
import { mountPath } from './names.ts';

/** Path templates: `/api/users/:id`; a segment that starts with a colon stands for any one segment. */
const routes = /^(?:(?:\/(?::[a-z][a-z0-9_]*|[A-Za-z0-9._~-]+))+|\/)$/;
const route = where(
  { ...text, placeholder: 'ROUTE', pattern: () => unanchored(routes), most: 256 },
  'a path such as /api/users/:id',
  (value) => routes.test(value),
);

export interface Upstream {
  /** Lower case; the application finds it as `<NAME>_URL`. */
  readonly name: string;
  readonly tls: boolean;
  readonly host: string;
  readonly port: number;
}

/** Labels of at most 63 characters, none empty: HAProxy does not start with a name that its resolver cannot ask for. */
const hostName =
  /^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/;

/** A name that a resolver may know, or an IPv4 address; what ends in a number is an address or nothing (as in URLs). */
const isHost = (host: string) => hostName.test(host) && (isIPv4(host) || !/(^|\.)\d+$/.test(host));

const upstreamForm = /^([a-z][a-z0-9-]{0,30})=(https?):\/\/([A-Za-z0-9.-]+)(?::(\d{1,5}))?\/?$/;

/**
 * `payments=https://pay.example:443`: a name, and where its requests go. An address cannot be reached by https: HAProxy
 * compares a certificate with names alone.
 */
const upstream: Codec<Upstream> = codecOf({
  pattern: () => unanchored(upstreamForm),
  placeholder: 'NAME=URL',
  expects: 'NAME=http://HOST:PORT or NAME=https://HOST:PORT (for https a host name, no address)',
  // A name, the scheme, a host name of 253 characters and a port.
  most: 320,
  read(value) {
    const [, name, scheme, host, digits] = upstreamForm.exec(value) ?? [];
    const number = digits === undefined ? (scheme === 'https' ? 443 : 80) : Number(digits);
    const tls = scheme === 'https';
    const right = name !== undefined && isHost(host!) && !(tls && isIPv4(host!)) && number >= 1 && number <= 65535;
    return right ? parsed({ name, tls, host: host!, port: number }) : refused(value, upstream.expects);
  },
  format: ({ name, tls, host, port: number }) => `${name}=${tls ? 'https' : 'http'}://${host}:${number}`,
});

/** Two upstreams of one name would be one variable in the application's environment. */
const upstreams = where(
  listOf(upstream),
  `a comma list, each ${upstream.expects}, no name twice`,
  (values) => new Set(values.map(({ name }) => name)).size === values.length,
);

/** HAProxy holds a time span in 31 bits of milliseconds; a timeout of 0 would be none at all. */
const span = where(duration, 'a duration up to 24h', (milliseconds) => milliseconds <= 86_400_000);
const timeout = where(span, 'a duration from 1ms to 24h', (milliseconds) => milliseconds >= 1);

/** The first upstream is reached on this port of loopback, each further one on the next. */
export const firstUpstreamPort = 19001;
/** The name of an upstream's port, in plans and in the status annotation, is this and the upstream's name. */
export const upstreamPortPrefix = 'upstream-';

/**
 * Flags of `haproxy`: what HAProxy's configuration is written from (`haproxy-config`, before HAProxy starts) and where
 * the sidecar finds its metrics. The values are HAProxy's own settings of the same names.
 */
export const haproxyFlags = {
  appPort: flag({
    name: 'haproxy.app-port',
    codec: port,
    default: 8080,
    doc: "The application's port on loopback, behind the proxy.",
    example: '8080',
  }),
  listenPort: flag({
    name: 'haproxy.listen-port',
    codec: port,
    default: 18000,
    doc: 'The port that HAProxy takes requests on, on every address of the pod.',
    example: '18000',
  }),
  exporterPort: flag({
    name: 'haproxy.exporter-port',
    codec: port,
    default: 18404,
    doc: "The port of HAProxy's own metrics page, on loopback; it is merged into the sidecar's page.",
    example: '18404',
  }),
  configFile: flag({
    name: 'haproxy.config-file',
    codec: file,
    default: `${mountPath.haproxyConfig}/haproxy.cfg`,
    doc: 'Where haproxy-config writes the configuration: a file that is replaced whole, a device or pipe, or - for standard output.',
    example: '/tmp/haproxy.cfg',
  }),
  routes: flag({
    name: 'haproxy.routes',
    codec: listOf(route),
    default: [] as readonly string[],
    doc: 'Path templates that are counted apart, each as a backend of its own; the first that fits takes the request.',
    example: '/api/users/:id,/api/orders',
    annotation: 'routes',
  }),
  upstreams: flag({
    name: 'haproxy.upstreams',
    codec: upstreams,
    default: [] as readonly Upstream[],
    doc: 'Services that the application reaches through HAProxy, on loopback ports from 19001 on; it finds each as <NAME>_URL. Hosts are whole names (no search list) or IPv4 addresses.',
    example: 'payments=https://pay.example:443',
    annotation: 'upstreams',
  }),
  maxconn: flag({
    name: 'haproxy.maxconn',
    codec: integer(1, 1_000_000),
    default: 2000,
    doc: 'The most connections at a time.',
    example: '2000',
    annotation: 'maxconn',
  }),
  threads: flag({
    name: 'haproxy.threads',
    codec: integer(1, 64),
    default: 1,
    doc: "HAProxy's threads.",
    example: '2',
    annotation: 'threads',
  }),
  timeoutConnect: flag({
    name: 'haproxy.timeout-connect',
    codec: timeout,
    default: 500,
    doc: 'How long a connection to the application or an upstream may take.',
    example: '500ms',
    annotation: 'timeout-connect',
  }),
  timeoutClient: flag({
    name: 'haproxy.timeout-client',
    codec: timeout,
    default: 75_000,
    doc: 'How long a client may be silent.',
    example: '75s',
    annotation: 'timeout-client',
  }),
  timeoutServer: flag({
    name: 'haproxy.timeout-server',
    codec: timeout,
    default: 75_000,
    doc: 'How long the application or an upstream may take to answer.',
    example: '75s',
    annotation: 'timeout-server',
  }),
  timeoutTunnel: flag({
    name: 'haproxy.timeout-tunnel',
    codec: timeout,
    default: 3_600_000,
    doc: 'How long a WebSocket or another tunnel may be silent.',
    example: '1h',
    annotation: 'timeout-tunnel',
  }),
  grace: flag({
    name: 'haproxy.grace',
    codec: span,
    default: 3000,
    doc: 'How long HAProxy goes on accepting connections after it was told to stop. Not set, a native sidecar gets 0s: it is told when the application has ended.',
    example: '10s',
    annotation: 'grace',
  }),
  hardStopAfter: flag({
    name: 'haproxy.hard-stop-after',
    codec: timeout,
    default: 20_000,
    doc: 'Requests still under way this long after the stop are cut; grace and this together must fit the pod’s grace period.',
    example: '20s',
    annotation: 'hard-stop-after',
  }),
  forwardedFor: flag({
    name: 'haproxy.forwarded-for',
    codec: boolean,
    default: true,
    doc: "Add the client's address to X-Forwarded-For.",
    example: 'false',
    annotation: 'forwarded-for',
  }),
  accessLog: flag({
    name: 'haproxy.access-log',
    codec: boolean,
    default: false,
    doc: 'Write a JSON line per request to standard output.',
    example: 'true',
    annotation: 'access-log',
  }),
};
