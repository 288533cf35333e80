import type { PageRequest } from '../runtime/runtime.ts';
import { acceptEntries } from './negotiate.ts';

/**
 * Whether to answer with HTML or JSON: by `?format=json` or `?format=html` in the address, else by the higher weight in
 * the Accept header, else `fallback`, also where both weights are equal.
 */
export function pageType({ query, headers }: PageRequest, fallback: 'html' | 'json' = 'html'): 'html' | 'json' {
  const format = query.get('format');
  if (format === 'html' || format === 'json') return format;
  const named = acceptEntries(headers.accept ?? '');
  const weight = (...names: readonly string[]) =>
    Math.max(0, ...named.filter(({ name }) => names.includes(name)).map(({ q }) => q));
  const html = weight('text/html', 'application/xhtml+xml');
  const json = weight('application/json');
  if (html === json) return fallback;
  return html > json ? 'html' : 'json';
}
