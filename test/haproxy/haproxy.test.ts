import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MetricStore } from '../../src/exposition/metric/metric-store.ts';
import { createStore } from '../../src/exposition/store.ts';
import { startHaproxy } from '../../src/haproxy/haproxy.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { type AppServer, page, startApp } from '../scrape/app-server.ts';
import { settingsOf } from './settings.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const limits = { families: 100, series: 1000, seriesPerFamily: 1000, labelsPerSeries: 30, labelValueBytes: 2048 };

let exporter: AppServer;
let store: MetricStore;
let runtime: Runtime;

beforeEach(async () => {
  exporter = await startApp(
    page('# TYPE haproxy_frontend_sessions_total counter\nhaproxy_frontend_sessions_total{proxy="inbound"} 7\n'),
  );
  store = createStore({ limits, now: Date.now });
  const settings = settingsOf([`--haproxy.exporter-port=${new URL(exporter.url).port}`]);
  const started = await startHaproxy(settings, {
    store,
    log: silent,
    now: Date.now,
    monotonic: Date.now,
    page: () => {},
  });
  if (!started.ok) throw new Error(started.problem);
  runtime = started.value;
});
afterEach(async () => {
  await runtime.stop();
  await exporter.close();
});

const lastTime = () => Object.fromEntries(runtime.landing()[0]!.rows)['Last time'];

test("HAProxy's families are on the page, without those of servers", async () => {
  expect(lastTime()).toBe('not fetched yet');
  await runtime.collect!(Date.now() + 5000);
  const text = store.render('text').toString();
  expect(text).toContain('haproxy_frontend_sessions_total{proxy="inbound"} 7\n');
  expect(text).toContain('haproxy_sidecar_up 1\n');
  expect(lastTime()).toBe('1 samples in 1 families');
  expect(exporter.requests[0]!.url).toBe('/metrics?scope=global&scope=frontend&scope=backend');
});

test('an HAProxy that is gone takes its families along', async () => {
  await runtime.collect!(Date.now() + 5000);
  await exporter.close();
  await runtime.collect!(Date.now() + 5000);
  const text = store.render('text').toString();
  expect(text).not.toContain('haproxy_frontend');
  expect(text).toContain('haproxy_sidecar_up 0\n');
  expect(text).toContain('haproxy_sidecar_errors_total{reason="connect"} 1\n');
  expect(lastTime()).toMatch(/^left out \(connect\): /);
});

test('stop() may be called twice', async () => {
  await runtime.collect!(Date.now() + 5000);
  await runtime.stop();
  await runtime.stop();
  await runtime.collect!(Date.now() + 5000);
  expect(store.render('text').toString()).not.toContain('haproxy_frontend');
  expect(exporter.requests.length).toBe(1);
});
