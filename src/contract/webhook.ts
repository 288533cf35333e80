import { type Codec, where } from '../flags/codec.ts';
import { address, boolean, duration, file, integer, listOf, oneOf, optional, size, text } from '../flags/codecs.ts';
import { flag, type Settings } from '../flags/flag.ts';
import { sidecarFlags } from './sidecar.ts';

const kubernetesVersion: Codec<string> = where(
  { ...text, placeholder: 'VERSION' },
  'a Kubernetes version such as 1.31 or v1.29.4',
  (value) => /^v?1\.\d{1,3}(\.\d{1,3})?([-+].*)?$/.test(value),
);

/** RFC 1123, as names of objects and DNS names are. */
const dnsName: Codec<string> = where(
  { ...text, placeholder: 'NAME' },
  'a name such as metrics-sidecar.metrics.svc',
  (value) => /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(value),
);

/** 64 characters are the most of X.520; a comma would end it in a list. */
const commonName: Codec<string> = where(
  { ...text, placeholder: 'NAME', most: 64 * 4 },
  'a common name of 1 to 64 characters such as kube-apiserver-webhooks',
  (value) => /^[^\p{C},]{1,64}$/u.test(value),
);

const namespacedName: Codec<string> = where(
  { ...text, placeholder: 'NAMESPACE/NAME', most: 63 + 1 + 253 },
  'a namespace and a name such as metrics/metrics-sidecar-certs',
  (value) => /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\/[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(value),
);

const day = 24 * 3_600_000;

/** Flags of `webhook`. */
export const webhookFlags = {
  listenAddress: flag({
    name: 'listen-address',
    codec: address,
    default: { host: '', port: 10250 },
    doc: 'The TLS address that the API server calls. 10250 is open towards nodes in private clusters too.',
    example: ':10250',
  }),
  webListenAddress: flag({
    name: 'web.listen-address',
    codec: address,
    default: { host: '', port: 9102 },
    doc: 'The plain address of /metrics, /healthz and /readyz.',
    example: ':9102',
  }),
  tlsCertFile: flag({
    name: 'tls-cert-file',
    codec: file,
    default: '/etc/metrics-sidecar/certs/tls.crt',
    doc: 'The serving certificate with its chain (PEM); read again when it changes.',
    example: 'webhook-certs/tls.crt',
  }),
  tlsKeyFile: flag({
    name: 'tls-key-file',
    codec: file,
    default: '/etc/metrics-sidecar/certs/tls.key',
    doc: 'The key of the serving certificate (PEM); read again when it changes.',
    example: 'webhook-certs/tls.key',
  }),
  clientCaFile: flag({
    name: 'client-ca-file',
    codec: optional(file),
    default: undefined,
    doc: 'The authorities (PEM) of client certificates: with it, only callers whose certificate they signed are answered; read again when it changes.',
    example: '/etc/metrics-sidecar/client-ca/ca.crt',
  }),
  clientAllowedNames: flag({
    name: 'client-allowed-names',
    codec: listOf(commonName),
    default: [] as readonly string[],
    doc: 'The common names that client certificates may have; empty is any. Needs --client-ca-file.',
    example: 'kube-apiserver-webhooks',
  }),
  certificatesMode: flag({
    name: 'certificates.mode',
    codec: oneOf('files', 'auto'),
    default: 'files' as 'files' | 'auto',
    doc: 'Where the serving certificate comes from: the two files, or an authority of the webhook’s own that is kept in a Secret and written into caBundle.',
    example: 'auto',
  }),
  certificatesSecret: flag({
    name: 'certificates.secret',
    codec: optional(namespacedName),
    default: undefined,
    doc: 'The Secret that all replicas share; needed by --certificates.mode=auto.',
    example: 'metrics-sidecar/metrics-sidecar-certs',
  }),
  certificatesNames: flag({
    name: 'certificates.names',
    codec: listOf(dnsName),
    default: [] as readonly string[],
    doc: 'The names that the API server calls the webhook by; needed by --certificates.mode=auto.',
    example: 'metrics-sidecar.metrics-sidecar.svc',
  }),
  certificatesValidity: flag({
    name: 'certificates.validity',
    codec: duration,
    default: 90 * day,
    doc: 'How long a serving certificate of --certificates.mode=auto is valid; a new one is made when a third of that is left.',
    example: '2160h',
  }),
  certificatesAuthorityValidity: flag({
    name: 'certificates.authority-validity',
    codec: duration,
    default: 3650 * day,
    doc: 'How long the authority of --certificates.mode=auto is valid; a new one takes over when a third of that is left.',
    example: '87600h',
  }),
  certificatesOverlap: flag({
    name: 'certificates.overlap',
    codec: duration,
    default: 5 * 60_000,
    doc: 'How long caBundle has held a new authority before anything signed by it is served, and how long it keeps the old one after.',
    example: '5m',
  }),
  webhookConfiguration: flag({
    name: 'webhook-configuration',
    codec: optional(dnsName),
    default: undefined,
    doc: 'The name of the MutatingWebhookConfiguration and the ValidatingWebhookConfiguration: the webhook is ready only while their caBundle verifies what it serves.',
    example: 'inject-metrics-sidecar',
  }),
  cluster: flag({
    name: 'cluster',
    codec: boolean,
    default: false,
    doc: 'Watch the cluster: versions of kubelets, labels, LimitRanges and ResourceQuotas of namespaces, pods that were missed; and tell owners of pods by Events.',
    example: 'true',
  }),
  clusterEvents: flag({
    name: 'cluster.events',
    codec: boolean,
    default: true,
    doc: 'Write Events on the owner of a pod that was injected, skipped or wrong; needs --cluster.',
    example: 'false',
  }),
  clusterMissedInterval: flag({
    name: 'cluster.missed-interval',
    codec: duration,
    default: 5 * 60_000,
    doc: 'How often pods are looked for that ask for a sidecar and were created without the webhook being asked; 0 is never. Needs --cluster.',
    example: '1h',
  }),
  clusterExcludedNamespaces: flag({
    name: 'cluster.excluded-namespaces',
    codec: listOf(dnsName),
    default: ['kube-system', 'kube-node-lease'] as readonly string[],
    doc: 'The namespaces that the registration leaves out: what asks there is not counted as missed.',
    example: 'kube-system,metrics-sidecar',
  }),
  kubeconfig: flag({
    name: 'kubeconfig',
    codec: optional(file),
    default: undefined,
    doc: 'How to reach the API server from outside of the cluster; a pod uses its service account.',
    example: '~/.kube/config',
  }),
  settings: flag({
    name: 'settings',
    codec: optional(file),
    default: undefined,
    doc: 'The settings file (YAML): defaults of the annotations; read again when it changes.',
    example: '/etc/metrics-sidecar/settings.yaml',
  }),
  onInvalid: flag({
    name: 'on-invalid',
    codec: oneOf('allow', 'deny'),
    default: 'allow' as 'allow' | 'deny',
    doc: 'What happens to a pod whose annotations are wrong: it runs without a sidecar, or it is refused with all problems listed.',
    example: 'deny',
  }),
  nativeSidecars: flag({
    name: 'native-sidecars',
    codec: oneOf('auto', 'true', 'false'),
    default: 'auto' as 'auto' | 'true' | 'false',
    doc: 'Native sidecars (init containers that keep running, Kubernetes 1.29): auto uses them where every kubelet supports them.',
    example: 'false',
  }),
  kubernetesVersion: flag({
    name: 'kubernetes-version',
    codec: optional(kubernetesVersion),
    default: undefined,
    doc: 'The version of the oldest kubelet, for --native-sidecars=auto; without it every kubelet is taken to be 1.33 or newer.',
    example: '1.31',
  }),
  reloadInterval: flag({
    name: 'reload.interval',
    codec: duration,
    default: 60_000,
    doc: 'How often certificate, key, client authorities and settings file are looked at, beside the notices of the file system.',
    example: '30s',
  }),
  bodyLimit: flag({
    name: 'body-limit',
    codec: size,
    default: 8 * 2 ** 20,
    doc: 'The largest body that is answered; a larger one is refused with 413.',
    example: '8Mi',
  }),
  reviewLimit: flag({
    name: 'review-limit',
    codec: size,
    default: 2 ** 20,
    doc: 'The largest review that is read; the object of a larger one is admitted as it is, with a warning.',
    example: '1Mi',
  }),
  bodiesLimit: flag({
    name: 'bodies-limit',
    codec: size,
    default: 32 * 2 ** 20,
    doc: 'What all bodies being received may take together, less where the memory limit is below 176Mi; beyond it the largest is answered 429.',
    example: '32Mi',
  }),
  keepAlive: flag({
    name: 'keep-alive',
    codec: duration,
    default: 120_000,
    doc: 'How long an idle connection is kept: longer than the 90 s of the API server, or its next call finds it closed.',
    example: '2m',
  }),
  connections: flag({
    name: 'connections',
    codec: integer(1, 1_000_000),
    default: 512,
    doc: 'The most TLS connections at a time, fewer where the memory limit is below 171Mi; the one idle for the longest is closed for a new one.',
    example: '512',
  }),
  shutdownGracePeriod: flag({
    name: 'shutdown.grace-period',
    codec: duration,
    default: 5000,
    doc: 'How long the webhook goes on answering after SIGTERM, not ready and closing connections, before it drains and exits.',
    example: '10s',
  }),
  shutdownDrainTimeout: flag({
    name: 'shutdown.drain-timeout',
    codec: duration,
    default: 10_000,
    doc: 'How long requests still under way after the grace period are waited for; both together must fit the pod’s grace period.',
    example: '20s',
  }),
  watchdog: sidecarFlags.watchdog,
  logLevel: sidecarFlags.logLevel,
};

export type WebhookSettings = Settings<typeof webhookFlags>;
