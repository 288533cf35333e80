const clean = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * Turns a statsd name or tag key into a Prometheus name, by the rules of statsd_exporter: `_` before a leading digit;
 * each character (not byte) outside `[A-Za-z0-9_]` becomes one `_`, and a run of dashes becomes one `_`. Empty stays
 * empty.
 */
export function escapeName(name: string): string {
  if (clean.test(name)) return name;
  const escaped = name.replace(/-+|[^a-zA-Z0-9_]/gu, '_');
  return /^[0-9]/.test(name) ? `_${escaped}` : escaped;
}
