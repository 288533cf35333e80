import type { Labels } from '../exposition/family.ts';
import type { MetricStore } from '../exposition/metric-store.ts';
import type { EventLine, ServiceCheckLine } from './event-line.ts';

/** Of its own, so that no metric line writes to these families. */
const OWNER = 'statsd/messages';

/**
 * Shows DogStatsD's events and service checks as series. What the store's limits refuse, the store counts.
 *
 * @returns takes one in.
 */
export function messageSeries(store: MetricStore): (message: EventLine | ServiceCheckLine) => void {
  // Both at once, or a metric line could take their names before the first message comes.
  const events = store.family({
    name: 'dogstatsd_events_total',
    type: 'counter',
    help: 'Events of DogStatsD.',
    owner: OWNER,
  });
  const checks = store.family({
    name: 'dogstatsd_service_check_status',
    type: 'gauge',
    help: 'Service checks of DogStatsD: 0 ok, 1 warning, 2 critical, 3 unknown.',
    owner: OWNER,
  });
  return (message) => {
    if (message.kind === 'event') {
      const series = events.ok ? events.value.series([['alert_type', message.alertType]]) : undefined;
      if (series?.ok) series.value.add(1);
      return;
    }
    const labels: Labels = [...new Map([...message.labels, ['check', message.name]])];
    const series = checks.ok ? checks.value.series(labels) : undefined;
    if (series?.ok) series.value.set(message.status);
  };
}
