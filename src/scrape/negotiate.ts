import type { PageFormat } from '../exposition/metric/family.ts';

/**
 * The content types. `escaping=underscores` tells Prometheus 3 that every name has the classic character set, whatever
 * its Accept header allows.
 */
export const contentTypes: Readonly<Record<PageFormat, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores',
  protobuf:
    'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=underscores',
};

/** One entry of an Accept or Accept-Encoding header. */
export interface AcceptEntry {
  /** Lower case: `text/plain`, `gzip`. */
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly q: number;
}

function weight(text: string | undefined): number {
  if (text === undefined) return 1;
  const q = Number(text);
  return q >= 0 && q <= 1 ? q : 0;
}

/** The entries of an Accept or Accept-Encoding header (RFC 9110 §12.4.2, §12.5). */
export function acceptEntries(header: string): readonly AcceptEntry[] {
  return header.split(',').map((entry) => {
    const [name = '', ...rest] = entry.split(';');
    const parameters = new Map<string, string>();
    for (const parameter of rest) {
      const equals = parameter.indexOf('=');
      if (equals < 0) continue;
      const value = parameter.slice(equals + 1).trim();
      parameters.set(parameter.slice(0, equals).trim().toLowerCase(), value.replace(/^"(.*)"$/, '$1'));
    }
    return { name: name.trim().toLowerCase(), parameters, q: weight(parameters.get('q')) };
  });
}

/**
 * Of the encodings of protobuf only the delimited one is served: the two text ones are for people, who have better
 * formats.
 */
function formatOf({ name, parameters }: AcceptEntry): PageFormat | undefined {
  const version = parameters.get('version');
  if (name === 'application/openmetrics-text') {
    return version === undefined || version === '1.0.0' ? 'openmetrics' : undefined;
  }
  if (name === 'text/plain') return version === undefined || version === '0.0.4' ? 'text' : undefined;
  if (name === 'application/vnd.google.protobuf') {
    const isFamily = parameters.get('proto') === 'io.prometheus.client.MetricFamily';
    return isFamily && parameters.get('encoding') === 'delimited' ? 'protobuf' : undefined;
  }
  return name === '*/*' || name === 'text/*' ? 'text' : undefined;
}

/**
 * The format that an Accept header prefers: the one with the highest q, of two equals the first. Unknown types, and a
 * missing header, give text 0.0.4 rather than 406: a scraper that asks for another format can still read it. Prometheus
 * 3 prefers protobuf where it is to scrape native histograms or times of creation.
 */
export function negotiateFormat(accept: string | undefined): PageFormat {
  let best: PageFormat = 'text';
  let bestQ = 0;
  for (const offer of acceptEntries(accept ?? '')) {
    const format = formatOf(offer);
    if (format === undefined || offer.q <= bestQ) continue;
    best = format;
    bestQ = offer.q;
  }
  return best;
}

/** Whether an Accept-Encoding header allows gzip: by name or by `*`, and not with q=0. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  const entries = acceptEntries(acceptEncoding ?? '');
  const entry =
    entries.find(({ name }) => name === 'gzip' || name === 'x-gzip') ?? entries.find(({ name }) => name === '*');
  return entry !== undefined && entry.q > 0;
}
