// What a page costs, next to prom-client in the same run: node bench/render.ts [series ...]
import { cpus, release, type } from 'node:os';
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import { Counter, Registry } from 'prom-client';
import type { Format } from '../src/exposition/metric/family.ts';
import type { MetricStore, Series } from '../src/exposition/metric/metric-store.ts';
import { createStore } from '../src/exposition/store.ts';

const limits = { families: 1e4, series: 1e7, seriesPerFamily: 1e7, labelsPerSeries: 32, labelValueBytes: 1024 };
const name = 'app_requests_total';

function labelsOf(i: number): Record<'method' | 'path' | 'pod' | 'status', string> {
  return {
    method: i % 2 ? 'GET' : 'POST',
    path: `/orders/${i}`,
    pod: `web-7c9d-${i % 50}`,
    status: String(200 + (i % 5)),
  };
}

interface Cost {
  readonly cpuMs: number;
  readonly bytes: number;
}

/** The median CPU time of a page; `change` alters every number before each. */
async function measure(pages: number, change: () => void, render: () => number | Promise<number>): Promise<Cost> {
  const costs: number[] = [];
  let bytes = 0;
  for (let i = 0; i < pages; i++) {
    change();
    const before = process.cpuUsage();
    bytes = await render();
    const { user, system } = process.cpuUsage(before);
    costs.push((user + system) / 1000);
  }
  return { cpuMs: costs.toSorted((a, b) => a - b)[Math.floor(pages / 2)] ?? 0, bytes };
}

function filledStore(series: number): { store: MetricStore; family: (i: number) => Series } {
  const store = createStore({ limits: limits, now: Date.now });
  const family = store.family({ name: name, type: 'counter', help: 'Requests.', owner: 'bench' });
  if (!family.ok) throw new Error(family.detail);
  const add = (i: number): Series => {
    const made = family.value.series(Object.entries(labelsOf(i)));
    if (!made.ok) throw new Error(made.detail);
    made.value.add(i + 1);
    return made.value;
  };
  for (let i = 0; i < series; i++) add(i);
  return { store, family: add };
}

async function ours(series: number, pages: number): Promise<Record<string, Cost>> {
  const { store, family } = filledStore(series);
  const addWhole = () => {
    for (let slot = 0; slot < series; slot++) store.values[slot]! += 3;
  };
  const addFraction = () => {
    for (let slot = 0; slot < series; slot++) store.values[slot]! += 0.015625;
  };
  let next = series;
  const addSeries = () => {
    for (let i = 0; i < Math.ceil(series / 1000); i++) family(next++);
  };
  const buffers = new Map<Format, Buffer>();
  const render = (format: Format) => () => {
    const page = store.render(format, buffers.get(format));
    buffers.set(format, Buffer.from(page.buffer));
    return page.length;
  };
  const costs: Record<string, Cost> = {
    'ours, whole numbers': await measure(pages, addWhole, render('text')),
    'ours, fractions': await measure(pages, addFraction, render('text')),
    'ours, OpenMetrics with _created': await measure(pages, addFraction, render('openmetrics')),
    'ours, 0.1 % new series a page': await measure(pages, addSeries, render('text')),
  };
  const page = Buffer.from(store.render('text'));
  costs['gzip level 1 of the page'] = await measure(
    5,
    () => {},
    () => gzipSync(page, { level: 1 }).length,
  );
  costs['gzip level 6 of the page'] = await measure(
    5,
    () => {},
    () => gzipSync(page, { level: 6 }).length,
  );
  return costs;
}

async function promClient(series: number, pages: number): Promise<Cost> {
  const registry = new Registry();
  const labelNames = ['method', 'path', 'pod', 'status'] as const;
  const counter = new Counter({ name: name, help: 'Requests.', labelNames, registers: [registry] });
  for (let i = 0; i < series; i++) counter.inc(labelsOf(i), i + 1);
  return measure(
    pages,
    () => {},
    async () => Buffer.byteLength(await registry.metrics()),
  );
}

function heapPerSeries(series: number): string {
  globalThis.gc?.();
  const before = process.memoryUsage();
  const { store } = filledStore(series);
  const page = store.render('text').length;
  globalThis.gc?.();
  const after = process.memoryUsage();
  const bytes = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers - page * 1.2;
  return store.seriesCount > 0 && globalThis.gc
    ? `${Math.round(bytes / series)} B live a series`
    : 'run with --expose-gc for memory';
}

const sizes = process.argv.slice(2).map(Number);
console.log(
  `${new Date().toISOString()} · ${cpus()[0]?.model} × ${cpus().length} · ${type()} ${release()} · Node ${process.version}`,
);
for (const series of sizes.length > 0 ? sizes : [1000, 100_000]) {
  const pages = series > 10_000 ? 15 : 301;
  console.log(
    `\n${series} counters of 4 labels; CPU ms a page, median of ${pages} (prom-client: of ${Math.min(pages, 7)})`,
  );
  if (series >= 10_000) console.log(heapPerSeries(series));
  const costs = await ours(series, pages);
  const peer = await promClient(series, Math.min(pages, 7));
  for (const [what, { cpuMs, bytes }] of Object.entries({ ...costs, 'prom-client': peer })) {
    const ratio =
      what.startsWith('gzip') || what === 'prom-client'
        ? ''
        : ` ${(peer.cpuMs / cpuMs).toFixed(1).padStart(6)}× less than prom-client`;
    console.log(`${what.padEnd(34)} ${cpuMs.toFixed(2).padStart(9)} ms ${String(bytes).padStart(10)} B${ratio}`);
  }
}
