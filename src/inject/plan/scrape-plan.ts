import { byAnnotations, scrapeAnnotation as keys, managedAnnotation, metricsPath } from '../../contract/names.ts';
import { sidecarFlags } from '../../contract/sidecar.ts';
import { sidecarAnnotations } from '../../contract/sidecar-annotations.ts';
import type { Reason } from '../outcome/outcome.ts';
import { reason } from '../outcome/reason-text.ts';
import { mergedPorts } from '../pod/mesh-ports.ts';
import { hasEntries, isScraped, type ScrapeAnnotations, type ScrapeDecision } from '../pod/scrape-annotations.ts';

/** The `prometheus.io` annotations that an injected pod will have. */
export interface ScrapePlan {
  readonly decision: ScrapeDecision;
  /** Annotations to write. */
  readonly set: ReadonlyMap<string, string>;
  /** The values before, of the application's annotations that will point at the sidecar. */
  readonly was: ReadonlyMap<string, string>;
  /** The application's page, to be served with ours. */
  readonly mergeUrl?: string;
  readonly reasons: readonly Reason[];
}

const mergeKey = sidecarAnnotations['merge-app-metrics'].key;

/**
 * Whose page a pod's `prometheus.io` annotations lead to: a job that goes by them scrapes one page of a pod.
 *
 * | the pod's own annotations     | merge | becomes                                            | reached      |
 * | ----------------------------- | ----- | -------------------------------------------------- | ------------ |
 * | none                          | any   | ours                                               | yes          |
 * | no scrape "true"              | any   | left                                               | no           |
 * | scrape, a mesh's port         | any   | left, with a warning                               | no           |
 * | scrape, our own port          | any   | left                                               | if http, our path |
 * | scrape, a port                | no    | left                                               | no           |
 * | scrape, a port                | yes   | ours, in their spelling; the page goes to merging  | yes          |
 * | scrape, no port               | no    | left, with a warning: every declared port is tried | if http, our path |
 * | scrape, no port, one declared | yes   | as with a port                                     | yes          |
 *
 * `discovery: none` leaves the annotations alone; a page to merge is merged all the same.
 */
export function planScrape(
  annotations: ScrapeAnnotations,
  metricsPort: number,
  merge: boolean,
  declaredPorts: readonly number[],
  discovery: 'annotations' | 'none',
): ScrapePlan {
  if (!hasEntries(annotations)) {
    const reasons = merge ? [reason('merge_impossible', mergeKey, 'no prometheus.io annotations')] : [];
    return discovery === 'none' ? untouched('off', reasons) : ours(metricsPort, reasons);
  }
  const off = discovery === 'none';
  const scrape = annotations.entries.scrape[0] ?? annotations.entries.slow[0];
  if (!isScraped(annotations)) {
    return untouched(
      off ? 'off' : 'theirs',
      scrape?.value === 'false' ? [reason('slot_opted_out', scrape.key)] : [takenReason(annotations)],
    );
  }
  if (annotations.port !== undefined && mergedPorts.has(annotations.port)) {
    return untouched(off ? 'off' : 'theirs', [reason('slot_mesh', keys.port, String(annotations.port))]);
  }
  if (annotations.port === metricsPort) {
    const reasons = merge ? [reason('merge_impossible', mergeKey, `${annotations.port} is the sidecar's port`)] : [];
    const was = new Map(annotations.entries.port.map(({ key, value }) => [key, value]));
    return { ...untouched(off ? 'off' : 'ours', reasons, !off && isPlain(annotations)), was };
  }
  if (merge) return merged(annotations, metricsPort, annotations.port ?? onlyOne(declaredPorts), off);
  if (annotations.port !== undefined) return untouched(off ? 'off' : 'theirs', [takenReason(annotations)]);
  const reached = !off && isPlain(annotations);
  return untouched(
    off ? 'off' : 'theirs',
    [reason('slot_without_port', keys.scrape, 'every declared port is scraped')],
    reached,
  );
}

function untouched(decision: ScrapePlan['decision'], reasons: readonly Reason[], reached = false): ScrapePlan {
  const set = new Map(reached ? [[managedAnnotation.scrapedBy, byAnnotations]] : []);
  return { decision, set, was: new Map(), reasons };
}

function ours(metricsPort: number, reasons: readonly Reason[]): ScrapePlan {
  const set = new Map([
    [keys.scrape, 'true'],
    [keys.port, String(metricsPort)],
    [keys.path, metricsPath],
    [managedAnnotation.scrapedBy, byAnnotations],
  ]);
  return { decision: 'ours', set, was: new Map(), reasons };
}

function merged(
  annotations: ScrapeAnnotations,
  metricsPort: number,
  port: number | undefined,
  off: boolean,
): ScrapePlan {
  const impossible = (detail: string) =>
    untouched(off ? 'off' : 'theirs', [reason('merge_impossible', mergeKey, detail)]);
  if (port === undefined) return impossible('no prometheus.io/port, and not one declared TCP port');
  const url = pageOf(annotations, port);
  if (url === undefined) return impossible("the annotations make no URL of the application's page");
  const reasons = [reason('slot_merged', keys.port, String(port))];
  if (off) return { ...untouched('off', reasons), mergeUrl: url };
  const all = [
    ...annotations.entries.port.map(({ key, value }) => [key, value, String(metricsPort)] as const),
    ...annotations.entries.path.map(({ key, value }) => [key, value, metricsPath] as const),
    ...annotations.entries.scheme.map(({ key, value }) => [key, value, 'http'] as const),
  ];
  const replaced = all.filter(([, before, after]) => before !== after);
  const set = new Map<string, string>(replaced.map(([key, , after]) => [key, after]));
  if (annotations.entries.port.length === 0) set.set(keys.port, String(metricsPort));
  set.set(managedAnnotation.scrapedBy, byAnnotations);
  return {
    decision: 'merged',
    set,
    was: new Map(all.map(([key, before]) => [key, before])),
    mergeUrl: url,
    reasons,
  };
}

/** The URL of the application's page, as Prometheus would make it of the annotations, on loopback. */
function pageOf({ entries, params }: ScrapeAnnotations, port: number): string | undefined {
  const path = entries.path[0]?.value || metricsPath;
  const scheme = entries.scheme[0]?.value || 'http';
  const query = new URLSearchParams(params.map(([name, value]): [string, string] => [name, value])).toString();
  const text = `${scheme}://127.0.0.1:${port}${path.startsWith('/') ? '' : '/'}${path}${query === '' ? '' : `?${query}`}`;
  return text.length <= 1024 && sidecarFlags.mergeAppUrl.codec.parse(text).ok ? text : undefined;
}

/** Whether the job will ask for our path, without TLS. */
function isPlain({ entries }: ScrapeAnnotations): boolean {
  return (
    entries.path.every(({ value }) => value === '' || value === metricsPath) &&
    entries.scheme.every(({ value }) => value === '' || value === 'http')
  );
}

function takenReason({ entries }: ScrapeAnnotations): Reason {
  const entry = Object.values(entries).flat()[0]!;
  return reason('slot_taken', entry.key, entry.value.length > 60 ? '' : entry.value);
}

function onlyOne(ports: readonly number[]): number | undefined {
  const distinct = new Set(ports);
  return distinct.size === 1 ? ports[0] : undefined;
}
