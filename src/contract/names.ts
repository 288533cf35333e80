/** Every name that more than one part of the project spells. What a pod carries is found by these. */
export const prefix = 'metrics-sidecar.io';

/** The name of a kind. The kinds themselves are values, listed in `src/kinds/kinds.ts`. */
export type KindName = string;

export const container = {
  /** Runs every kind that was asked for but HAProxy's own process. */
  sidecar: 'metrics-sidecar',
  haproxy: 'metrics-sidecar-haproxy',
  /** Writes HAProxy's configuration before HAProxy starts. */
  haproxyConfig: 'metrics-sidecar-haproxy-config',
  /** Copies a mapping file out of the application's image. */
  mappingCopy: 'metrics-sidecar-mapping-copy',
} as const;

export const volume = {
  /** Mounted where the API server would mount the application's token, so that it does not. */
  noToken: 'metrics-sidecar-no-token',
  mapping: 'metrics-sidecar-mapping',
  haproxyConfig: 'metrics-sidecar-haproxy-config',
} as const;

/** The name of the container port that serves the metrics page (an IANA_SVC_NAME, so 15 characters at most). */
export const metricsPortName = 'ms-metrics';
/** The application's port keeps this name behind an HAProxy that took its own name over. */
export const takenPortName = 'ms-app';
/** The names for a pod that has a port of that name already, too: `ms-app-2` and so on. */
export const takenPortNames = /^ms-app(?:-\d+)?$/;

export const metricsPath = '/metrics';

export const label = {
  /** "true" on every pod that was injected; selectors use nothing else. */
  injected: `${prefix}/injected`,
  /** On a namespace: the kinds for its pods that say nothing themselves, joined by dots. */
  namespaceInject: `${prefix}/inject`,
  /** The recommended label by which pods of the injector itself are known. */
  component: 'app.kubernetes.io/name',
  ownComponent: 'metrics-sidecar',
} as const;

/** The annotations that Prometheus' stock jobs read, by field; a pod may spell them in any way that sanitises alike. */
export const scrapeAnnotation = {
  scrape: 'prometheus.io/scrape',
  port: 'prometheus.io/port',
  path: 'prometheus.io/path',
  scheme: 'prometheus.io/scheme',
} as const;

/** Environment variables of the application. Each upstream adds `<NAME>_URL`. */
export const variable = {
  statsdHost: 'STATSD_HOST',
  statsdPort: 'STATSD_PORT',
  dogstatsdPort: 'DD_DOGSTATSD_PORT',
  ingestUrl: 'METRICS_SIDECAR_INGEST_URL',
} as const;

/** Given to the application by earlier versions. A pod that carries it still gets rid of it. */
export const retiredVariable = { pushgatewayUrl: 'PUSHGATEWAY_URL' } as const;

/** The users of our containers in a pod that sets none: the users of the two images. */
export const user = { sidecar: 65532, haproxy: 99 } as const;

/** Annotations that the webhook and `inject` write; people never set them. */
export const managedAnnotation = {
  status: `${prefix}/status`,
  scrapedBy: `${prefix}/scraped-by`,
} as const;

/** The kubelet's mark on the mirror of a static pod, which nobody can change. */
export const mirrorAnnotation = 'kubernetes.io/config.mirror';

/** On the Secret of the webhook's certificates: any value asks for a new authority. */
export const rotateAnnotation = `${prefix}/rotate`;

/** The value of `scraped-by` where a job that goes by the `prometheus.io` annotations reaches our page. */
export const byAnnotations = 'prometheus-annotations';

/** The paths of mounts in the containers that we add. */
export const mountPath = {
  mapping: '/etc/metrics-sidecar/mapping',
  haproxyConfig: '/etc/metrics-sidecar/haproxy',
  token: '/var/run/secrets/kubernetes.io/serviceaccount',
} as const;
