import { createPageParser, type ParsedPage } from '../../src/exposition/foreign/parse-page.ts';
import type { Format } from '../../src/exposition/metric/family.ts';
import type { PageLimits } from '../../src/exposition/metric/parsed-page.ts';

/** `createPageParser` for a page that is there as a whole. */
export function parsePage(page: Uint8Array | string, format: Format, limits: PageLimits): ParsedPage {
  const parser = createPageParser(format, limits);
  parser.push(typeof page === 'string' ? Buffer.from(page) : page);
  return parser.end();
}
