import { readdirSync, readFileSync } from 'node:fs';
import type { EventLoopUtilization } from 'node:perf_hooks';
import { selfPrefix } from '../contract/metric-prefixes.ts';
import type { MetricStore } from '../exposition/metric/metric-store.ts';
import { metricTable } from '../exposition/own/metric-table.ts';
import { declareTable } from '../exposition/own/own-series.ts';

/**
 * CPU, memory and file descriptors of the process, every name under our own prefix, so that it never meets an
 * application's `process_*`. The numbers of files are there only where the system says them.
 */
export const processMetrics = metricTable(selfPrefix, {
  process_cpu_seconds_total: {
    type: 'counter',
    labels: [],
    help: 'User and system CPU time of this process in seconds.',
  },
  process_resident_memory_bytes: { type: 'gauge', labels: [], help: 'Resident memory of this process in bytes.' },
  process_start_time_seconds: {
    type: 'gauge',
    labels: [],
    help: 'When this process started, in seconds since the epoch.',
  },
  process_open_fds: { type: 'gauge', labels: [], help: 'Open file descriptors.' },
  process_max_fds: { type: 'gauge', labels: [], help: 'Limit of open file descriptors.' },
  nodejs_heap_used_bytes: { type: 'gauge', labels: [], help: 'Used memory of the JavaScript heap in bytes.' },
  nodejs_eventloop_utilization: {
    type: 'gauge',
    labels: [],
    help: 'Share of the time since the last scrape that the event loop was busy, 0 to 1.',
  },
});

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

/** @returns brings the values up to date; to be called before a page is rendered */
export function reportProcess(store: MetricStore, owner: string): () => void {
  const series = declareTable(store, processMetrics, owner);
  const cpu = series('process_cpu_seconds_total');
  const residentMemory = series('process_resident_memory_bytes');
  const start = series('process_start_time_seconds');
  const open = openFiles() === undefined ? undefined : series('process_open_fds');
  const heap = series('nodejs_heap_used_bytes');
  const busy = series('nodejs_eventloop_utilization');
  const most = maxFiles();
  if (most !== undefined) series('process_max_fds')?.set(most);
  // `performance` is loaded at its first use: not before anybody asks for a page.
  let last: EventLoopUtilization | undefined;
  return () => {
    start?.set(performance.timeOrigin / 1000);
    const { user, system } = process.cpuUsage();
    cpu?.set((user + system) / 1e6);
    residentMemory?.set(process.memoryUsage.rss());
    heap?.set(process.memoryUsage().heapUsed);
    const files = openFiles();
    if (files !== undefined) open?.set(files);
    const now = performance.eventLoopUtilization();
    busy?.set((last === undefined ? now : performance.eventLoopUtilization(now, last)).utilization);
    last = now;
  };
}
