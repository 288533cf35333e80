import { readdirSync, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { Counter, type Registry } from 'prom-client';
import { readGauge } from './read-gauge.ts';
import { declaration, type WebhookMetric } from './webhook-metric-table.ts';

/**
 * Metrics of the process under our own prefix, read when the page is rendered and never between. prom-client's own
 * `collectDefaultMetrics` samples the event loop every 10 ms and watches every garbage collection: 1 % of a core in an
 * idle process.
 */
export function collectProcess(registers: Registry[]): void {
  gauge('process_resident_memory_bytes', () => process.memoryUsage.rss());
  gauge('nodejs_heap_used_bytes', () => process.memoryUsage().heapUsed);
  gauge('process_start_time_seconds', () => performance.timeOrigin / 1000);
  gauge('process_open_fds', () => descriptors());
  gauge('process_max_fds', () => mostDescriptors());
  counter('process_cpu_seconds_total', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  counter('nodejs_eventloop_active_seconds_total', () => performance.eventLoopUtilization().active / 1000);

  function gauge(name: WebhookMetric, read: () => number | undefined): void {
    readGauge(declaration(registers, name), read);
  }

  function counter(name: WebhookMetric, read: () => number): void {
    let last = 0;
    new Counter({
      ...declaration(registers, name),
      collect() {
        const value = read();
        // The clock may step back by its resolution; a counter must not decrease.
        if (value > last) {
          this.inc(value - last);
          last = value;
        }
      },
    });
  }
}

/** Unknown where there is no `/proc` (macOS, Windows). */
function descriptors(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return undefined;
  }
}

function mostDescriptors(): number | undefined {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}
