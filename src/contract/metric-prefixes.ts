/** The names of the sidecar's own metrics begin with this: an application never uses it. */
export const selfPrefix = 'metrics_sidecar_';

/** The prefix of the metrics about a merged page, by the origin of that page. */
export const mergePrefix = { app: `${selfPrefix}app_`, haproxy: 'haproxy_sidecar_' } as const;
