import { readdirSync, readFileSync } from 'node:fs';
import type { EventLoopUtilization } from 'node:perf_hooks';
import type { Labels, MetricType } from './family.ts';
import type { MetricStore, Series } from './metric-store.ts';

const NO_LABELS: Labels = [];

function openFiles(): number | undefined {
  try {
    // The directory itself is open while it is read.
    return readdirSync('/proc/self/fd').length - 1;
  } catch {
    return undefined;
  }
}

function maxFiles(): number | undefined {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return limit === undefined ? undefined : Number(limit);
  } catch {
    return undefined;
  }
}

/**
 * Declares what a process tells about itself, every name under `prefix` so that it never meets an application's `process_*`.
 *
 * @returns brings the values up to date; to be called before a page is rendered
 */
export function processMetrics(store: MetricStore, prefix: string, owner: string): () => void {
  const declare = (name: string, type: MetricType, help: string): Series | undefined => {
    const family = store.family({ name: prefix + name, type, help, owner });
    const series = family.ok ? family.value.series(NO_LABELS) : family;
    return series.ok ? series.value : undefined;
  };
  const cpu = declare('process_cpu_seconds_total', 'counter', 'User and system CPU time of this process in seconds.');
  const rss = declare('process_resident_memory_bytes', 'gauge', 'Resident memory of this process in bytes.');
  const start = declare(
    'process_start_time_seconds',
    'gauge',
    'When this process started, in seconds since the epoch.',
  );
  const open = openFiles() === undefined ? undefined : declare('process_open_fds', 'gauge', 'Open file descriptors.');
  const heap = declare('nodejs_heap_used_bytes', 'gauge', 'Used memory of the JavaScript heap in bytes.');
  const busy = declare(
    'nodejs_eventloop_utilization',
    'gauge',
    'Share of the time since the last scrape that the event loop was busy, 0 to 1.',
  );
  const files = maxFiles();
  if (files !== undefined) declare('process_max_fds', 'gauge', 'Limit of open file descriptors.')?.set(files);
  // `performance` is loaded at its first use: not before anybody asks for a page.
  let last: EventLoopUtilization | undefined;
  return () => {
    start?.set(performance.timeOrigin / 1000);
    const { user, system } = process.cpuUsage();
    cpu?.set((user + system) / 1e6);
    rss?.set(process.memoryUsage.rss());
    heap?.set(process.memoryUsage().heapUsed);
    const files = openFiles();
    if (files !== undefined) open?.set(files);
    const now = performance.eventLoopUtilization();
    busy?.set((last === undefined ? now : performance.eventLoopUtilization(now, last)).utilization);
    last = now;
  };
}
