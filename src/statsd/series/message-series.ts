import type { FamilySpec, Labels } from '../../exposition/metric/family.ts';
import type { MetricStore, Series } from '../../exposition/metric/metric-store.ts';
import type { EventLine, ServiceCheckLine } from '../line/event-line.ts';

/** DogStatsD's events and service checks as series. */
export interface MessageSeries {
  /** Takes one in; what the store's limits refuse, the store counts. */
  take(message: EventLine | ServiceCheckLine, now: number): void;
  /** Takes the service checks off the page that were last heard of more than `ttl` milliseconds ago; with a `ttl` of 0 all stay. */
  expire(now: number, ttl: number): void;
}

/** Of its own, so that no metric line writes to these families. */
const OWNER = 'statsd/messages';

const CHECKS: FamilySpec = {
  name: 'dogstatsd_service_check_status',
  type: 'gauge',
  help: 'Service checks of DogStatsD: 0 ok, 1 warning, 2 critical, 3 unknown.',
  owner: OWNER,
};

/** Shows the messages as series of a store. */
export function messageSeries(store: MetricStore): MessageSeries {
  // Both at once, or a metric line could take their names before the first message comes.
  const events = store.family({
    name: 'dogstatsd_events_total',
    type: 'counter',
    help: 'Events of DogStatsD.',
    owner: OWNER,
  });
  const checks = store.family(CHECKS);
  /** When each service check was heard of last, the one that was so longest ago first. */
  const heard = new Map<Series, number>();
  return {
    take(message, now) {
      if (message.kind === 'event') {
        const series = events.ok ? events.value.series([['alert_type', message.alertType]]) : undefined;
        if (series?.ok) series.value.add(1);
        return;
      }
      const labels: Labels = [...new Map([...message.labels, ['check', message.name]])];
      const series = checks.ok ? checks.value.series(labels) : undefined;
      if (!series?.ok) return;
      series.value.set(message.status);
      heard.delete(series.value);
      heard.set(series.value, now);
    },
    expire(now, ttl) {
      if (ttl === 0 || !checks.ok) return;
      for (const [series, at] of heard) {
        if (now - at <= ttl) return;
        heard.delete(series);
        checks.value.remove(series);
        // The name went with the last one.
        if (heard.size === 0) store.family(CHECKS);
      }
    },
  };
}
