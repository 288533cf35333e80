/** Every name that more than one part of the project spells. What a pod carries is found by these. */
export const prefix = 'metrics-sidecar.io';

export const kinds = ['statsd', 'ingest', 'port-monitor', 'haproxy'] as const;
export type Kind = (typeof kinds)[number];

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

export const metricsPath = '/metrics';

export const label = {
  /** "true" on every pod that was injected; selectors use nothing else. */
  injected: `${prefix}/injected`,
  /** On a namespace: the kinds for its pods that say nothing themselves, joined by dots. */
  namespaceInject: `${prefix}/inject`,
} as const;

/** Annotations that we write; people never set them. */
export const written = {
  status: `${prefix}/status`,
  scrapedBy: `${prefix}/scraped-by`,
} as const;

/** Where things lie in the containers that we add. */
export const place = {
  mapping: '/etc/metrics-sidecar/mapping',
  haproxyConfig: '/etc/metrics-sidecar/haproxy',
  token: '/var/run/secrets/kubernetes.io/serviceaccount',
} as const;
