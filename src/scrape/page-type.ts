import type { PageRequest } from '../runtime/runtime.ts';
import { offers } from './negotiate.ts';

/**
 * Whether a page is wanted as HTML or as JSON: `?format=json` or `?format=html` in its address, else what the Accept header names with
 * the higher weight, else `fallback`, which is also for whoever takes both alike.
 */
export function pageType({ query, headers }: PageRequest, fallback: 'html' | 'json' = 'html'): 'html' | 'json' {
  const format = query.get('format');
  if (format === 'html' || format === 'json') return format;
  const named = offers(headers.accept ?? '');
  const weight = (...names: readonly string[]) =>
    Math.max(0, ...named.filter(({ name }) => names.includes(name)).map(({ q }) => q));
  const html = weight('text/html', 'application/xhtml+xml');
  const json = weight('application/json');
  if (html === json) return fallback;
  return html > json ? 'html' : 'json';
}
