import type { FamilySpec, Labels } from '../../exposition/metric/family.ts';
import type { MetricStore, Series } from '../../exposition/metric/metric-store.ts';
import type { EventLine, ServiceCheckLine } from '../line/event-line.ts';

/** The series of DogStatsD's events and service checks. */
export interface MessageSeries {
  /** Counts an event, or shows a service check; the store counts what its limits refuse. */
  take(message: EventLine | ServiceCheckLine, now: number): void;
  /** Removes the service checks that came last more than `ttl` milliseconds ago; with a `ttl` of 0 all stay. */
  expire(now: number, ttl: number): void;
}

/** An owner apart, so that no metric line writes to these families. */
const ownerName = 'statsd/messages';

const checksFamily: FamilySpec = {
  name: 'dogstatsd_service_check_status',
  type: 'gauge',
  help: 'Service checks of DogStatsD: 0 ok, 1 warning, 2 critical, 3 unknown.',
  owner: ownerName,
};

/** Declares the families of messages in a store. */
export function messageSeries(store: MetricStore): MessageSeries {
  // Both families at once: otherwise a metric line could take a name before the first message comes.
  const events = store.family({
    name: 'dogstatsd_events_total',
    type: 'counter',
    help: 'Events of DogStatsD.',
    owner: ownerName,
  });
  const checks = store.family(checksFamily);
  /** The time of the last message of each service check; the oldest first. */
  const lastMessages = new Map<Series, number>();
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
      lastMessages.delete(series.value);
      lastMessages.set(series.value, now);
    },
    expire(now, ttl) {
      if (ttl === 0 || !checks.ok) return;
      for (const [series, at] of lastMessages) {
        if (now - at <= ttl) return;
        lastMessages.delete(series);
        checks.value.remove(series);
        // The store released the name with the last series.
        if (lastMessages.size === 0) store.family(checksFamily);
      }
    },
  };
}
