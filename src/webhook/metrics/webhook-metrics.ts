import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { KindName } from '../../contract/names.ts';
import type { ConnectionGuard } from '../../net/connections.ts';
import type { CountedDecision } from '../admission/admission.ts';
import type { Path, Verdict } from '../admission/decide.ts';
import { workloads } from '../admission/decide.ts';
import type { ProblemCode } from '../protocol/request-problem.ts';
import type { Reloadable } from '../reload/reload-on-change.ts';
import { type BackgroundWork, backgroundWorks } from './background-failures.ts';
import { type ClusterMetrics, collectCluster, type WatchSources } from './cluster-metrics.ts';
import { collectProcess } from './process-metrics.ts';
import { declaration, type WebhookMetric } from './webhook-metric-table.ts';

/**
 * The webhook's own metrics: one function per event, and the page. No caller can add values to a label without bound.
 */
export interface Metrics extends ClusterMetrics {
  countDecision(decision: CountedDecision): void;
  refused(code: ProblemCode): void;
  handshakeFailed(): void;
  /** The first load: no reload yet. */
  loaded(what: Reloadable, atSeconds: number): void;
  /** The first load failed: built-in defaults are in use. */
  notLoaded(what: Reloadable): void;
  reloaded(what: Reloadable, ok: boolean, atSeconds: number): void;
  certificateExpires(atSeconds: number): void;
  backgroundFailed(work: BackgroundWork): void;
  readonly contentType: string;
  page(): Promise<string>;
}

/** Values that are read when the page is rendered. */
export interface MetricSources {
  readonly version: string;
  /** Requests that are being read or answered. */
  readonly inFlight: () => number;
  readonly ready: () => boolean;
  readonly connections: Pick<ConnectionGuard, 'open' | 'closed'>;
  readonly watching: WatchSources;
}

export function createMetrics({ version, inFlight, ready, connections, watching }: MetricSources): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const named = <Name extends WebhookMetric>(name: Name) => declaration(registers, name);
  const requests = new Counter(named('requests_total'));
  const injections = new Counter(named('injections_total'));
  const reasons = new Counter(named('reasons_total'));
  const warnings = new Counter(named('warnings_total'));
  const refusals = new Counter(named('refused_requests_total'));
  const handshakes = new Counter(named('tls_handshake_errors_total'));
  const duration = new Histogram(named('request_duration_seconds'));
  const patchBytes = new Histogram(named('patch_bytes'));
  const reloads = new Counter(named('reloads_total'));
  const lastReload = new Gauge(named('last_reload_successful'));
  const loaded = new Gauge(named('loaded_timestamp_seconds'));
  const expiry = new Gauge(named('certificate_expiry_timestamp_seconds'));
  // The library begins with 0, which would be 1970; there is no certificate yet.
  expiry.remove();
  new Gauge({
    ...named('ready'),
    collect() {
      this.set(Number(ready()));
    },
  });
  new Gauge({
    ...named('in_flight_requests'),
    collect() {
      this.set(inFlight());
    },
  });
  new Gauge({
    ...named('connections'),
    collect() {
      this.set(connections.open());
    },
  });
  new Counter({
    ...named('connections_closed_total'),
    collect() {
      this.reset();
      for (const [doing, count] of Object.entries(connections.closed)) this.labels(doing).inc(count);
    },
  });
  new Gauge(named('build_info')).labels(version, process.versions.node).set(1);
  collectProcess(registers);
  const backgroundFailures = new Counter(named('background_failures_total'));
  for (const work of backgroundWorks) backgroundFailures.labels(work).inc(0);
  const cluster = collectCluster(registers, watching);

  // Counters of reloads begin at 0, so that an alert on their rate sees the first one.
  for (const what of ['certificate', 'client_ca', 'settings'] satisfies Reloadable[]) {
    for (const outcome of ['success', 'failure']) reloads.labels(what, outcome).inc(0);
  }

  const requestSeries = seriesOf(requests);
  const countRequest = (path: Path, kind: string, outcome: Verdict, dryRun: boolean) => {
    requestSeries(`${path} ${kind} ${outcome} ${dryRun}`, path, kind, outcome, String(dryRun));
  };
  const [reasonSeries, injectionSeries] = [seriesOf(reasons), seriesOf(injections)];
  const countReason = (code: string) => reasonSeries(code, code);
  const countInjection = (kind: KindName) => injectionSeries(kind, kind);
  const durations = { mutate: duration.labels('mutate'), lint: duration.labels('lint') };

  return {
    ...cluster,
    countDecision({ path, kind, dryRun, decision, patchBytes: bytes, seconds }) {
      countRequest(path, kindLabel(kind), decision.verdict, dryRun);
      durations[path].observe(seconds);
      if (bytes > 0) patchBytes.observe(bytes);
      if (dryRun) return;
      for (const { code } of decision.reasons) countReason(code);
      if (decision.answer.warnings.length > 0) warnings.inc(decision.answer.warnings.length);
      if (decision.verdict === 'injected' && kind === 'Pod') countInjections(decision.kinds);
    },
    refused: (code) => refusals.inc({ code }),
    handshakeFailed: () => handshakes.inc(),
    loaded(what, atSeconds) {
      lastReload.set({ what }, 1);
      loaded.set({ what }, atSeconds);
    },
    notLoaded: (what) => lastReload.set({ what }, 0),
    reloaded(what, ok, atSeconds) {
      reloads.inc({ what, outcome: ok ? 'success' : 'failure' });
      lastReload.set({ what }, ok ? 1 : 0);
      if (ok) loaded.set({ what }, atSeconds);
    },
    certificateExpires: (atSeconds) => expiry.set(atSeconds),
    backgroundFailed: (work) => backgroundFailures.inc({ work }),
    contentType: registry.contentType,
    page: () => registry.metrics(),
  };

  function countInjections(injected: readonly KindName[]): void {
    for (const kind of injected) countInjection(kind);
  }
}

/** Looks a series up by its labels once, then by `key`: the library sorts and joins the labels at each look-up. */
function seriesOf(counter: Counter): (key: string, ...labels: string[]) => void {
  const byKey = new Map<string, { inc(): void }>();
  return (key, ...labels) => {
    let series = byKey.get(key);
    if (series === undefined) {
      series = counter.labels(...labels);
      byKey.set(key, series);
    }
    series.inc();
  };
}

function kindLabel(kind: string): string {
  return kind === 'Pod' || kind === 'Service' || workloads.has(kind) ? kind : 'other';
}
