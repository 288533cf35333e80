import { scrapeAnnotation } from '../../contract/names.ts';

const fields = { ...scrapeAnnotation, slow: 'prometheus.io/scrape-slow' } as const;
type Field = keyof typeof fields;

/** An annotation as the pod spells it. */
interface Entry {
  readonly key: string;
  readonly value: string;
}

/** The pod's `prometheus.io` annotations, whatever their spelling. */
export interface ScrapeAnnotations {
  readonly entries: Readonly<Record<Field, readonly Entry[]>>;
  /** `prometheus.io/param_NAME`: query parameters of the page. */
  readonly params: readonly (readonly [name: string, value: string])[];
  /** The port, where it is one. */
  readonly port?: number;
}

/** Whose page the pod's `prometheus.io` annotations lead to, as the status annotation records it. */
export type ScrapeDecision = 'ours' | 'theirs' | 'merged' | 'off';

/**
 * Prometheus reads annotation keys as label names: `prometheus.io/port`, `prometheus-io/port` and `prometheus.io.port`
 * are one.
 */
const sanitised = (key: string) => key.replace(/[^a-zA-Z0-9_]/g, '_');

const byName = new Map(Object.entries(fields).map(([field, key]) => [sanitised(key), field as Field]));

/** The field that an annotation sets, in any spelling; undefined for annotations of other names. */
export function scrapeField(key: string): Field | undefined {
  return key.startsWith('prometheus') ? byName.get(sanitised(key)) : undefined;
}

const paramPrefix = 'prometheus_io_param_';

export function readScrapeAnnotations(annotations: ReadonlyMap<string, string>): ScrapeAnnotations {
  const entries: Record<Field, Entry[]> = { scrape: [], port: [], path: [], scheme: [], slow: [] };
  const params: [string, string][] = [];
  for (const [key, value] of annotations) {
    if (!key.startsWith('prometheus')) continue;
    const name = sanitised(key);
    const field = byName.get(name);
    if (field !== undefined) entries[field].push({ key, value });
    else if (name.startsWith(paramPrefix)) params.push([name.slice(paramPrefix.length), value]);
  }
  const port = Number(/^\d{1,8}$/.exec(entries.port[0]?.value ?? '')?.[0]);
  return { entries, params, ...(port >= 1 && port <= 65_535 && { port }) };
}

/** Whether a stock job scrapes the pod for these annotations. */
export function isScraped({ entries }: ScrapeAnnotations): boolean {
  return [...entries.scrape, ...entries.slow].some(({ value }) => value === 'true');
}

export function hasEntries({ entries }: ScrapeAnnotations): boolean {
  return Object.values(entries).some((list) => list.length > 0);
}
