const CLEAN = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * A statsd name or tag key as a Prometheus name, by statsd_exporter's rules: `_` before a leading digit; each character
 * (not byte) outside `[A-Za-z0-9_]` becomes one `_`, and a run of dashes becomes one `_`. Empty stays empty.
 */
export function escapeName(name: string): string {
  if (CLEAN.test(name)) return name;
  const escaped = name.replace(/-+|[^a-zA-Z0-9_]/gu, '_');
  return /^[0-9]/.test(name) ? `_${escaped}` : escaped;
}
