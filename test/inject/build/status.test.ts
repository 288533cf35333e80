import { expect, test } from 'vitest';
import { injectPod } from '../../../src/inject/inject.ts';
import { facts, settings } from '../cluster.ts';
import { annotationsOf, codes, containerOf, patched, pod, statusOf } from '../pods.ts';

const inject = (json: ReturnType<typeof pod>) => injectPod({ pod: json, facts: facts(), settings: settings() });
const key = 'metrics-sidecar.io/status';

test('what was done, its keys in this order, on one line', () => {
  const json = pod('ingest,haproxy', {
    annotations: { 'haproxy.metrics-sidecar.io/app-port': '3000', 'haproxy.metrics-sidecar.io/takeover': 'true' },
  });
  const text = annotationsOf(patched(json, inject(json)))[key]!;
  expect(text).not.toContain('\n');
  expect(text).toBe(
    JSON.stringify({
      version: '1.2.3',
      injected: true,
      kinds: ['ingest', 'haproxy'],
      containers: [],
      initContainers: ['metrics-sidecar-haproxy-config', 'metrics-sidecar', 'metrics-sidecar-haproxy'],
      volumes: ['metrics-sidecar-no-token', 'metrics-sidecar-haproxy-config'],
      ports: { metrics: 9102, ingest: 4888, haproxy: 18000, 'haproxy-exporter': 18404 },
      decisions: { native: true, slot: 'ours', mapping: 'none' },
      warnings: ['haproxy.metrics-sidecar.io/takeover: the port has no name to take over: 3000'],
      reasons: ['takeover_unnamed'],
      undo: { env: ['app'] },
    }),
  );
});

test('why nothing was done, with the whole sentences of the first twenty', () => {
  const wrong = Object.fromEntries(
    Array.from({ length: 500 }, (_, i) => [`metrics-sidecar.io/setting-of-nobody-${i}`, 'x']),
  );
  const json = pod('statsd', { annotations: wrong });
  const outcome = inject(json);
  expect(outcome.reasons).toHaveLength(100);
  const status = statusOf(patched(json, outcome));
  expect(status).toMatchObject({ version: '1.2.3', injected: false, more: 80 });
  expect(status.reasons).toHaveLength(20);
  expect((status.reasons as object[])[0]).toEqual({
    code: 'unknown_annotation',
    detail: 'metrics-sidecar.io/setting-of-nobody-0: no such annotation',
  });
});

test('a status is written again only where it says something else', () => {
  const json = pod('statsd', { spec: { hostNetwork: true, containers: [{ name: 'a' }] } });
  const after = patched(json, inject(json));
  expect(inject(after)).toMatchObject({ decision: 'skipped', patch: [] });
  const cured = { ...after, spec: { containers: [{ name: 'a' }] } };
  expect(statusOf(patched(cured, inject(cured)))).toMatchObject({ injected: true });
});

test('annotations that the API server would find too large are not written', () => {
  const room = 256 * 1024 - 400;
  const json = (bytes: number) => pod('statsd', { annotations: { note: 'ö'.repeat(bytes / 2) } });
  expect(inject(json(room))).toMatchObject({ decision: 'skipped', reasons: [{ code: 'annotations_full' }] });
  expect(inject(json(room)).patch).toHaveLength(1);
  expect(inject(json(room + 350))).toMatchObject({
    decision: 'skipped',
    patch: [],
    warnings: [expect.stringContaining('256 KiB')],
  });
  expect(inject(json(room - 1000)).decision).toBe('injected');
});

test('a plain sidecar beside a Job can be ended, and only that one', () => {
  const spec = { restartPolicy: 'Never', containers: [{ name: 'a' }] };
  const args = (json: ReturnType<typeof pod>) => containerOf(patched(json, inject(json)), 'metrics-sidecar')?.args;
  const annotations = { 'metrics-sidecar.io/native': 'false' };
  expect(args(pod('statsd', { annotations, spec }))).toContain('--web.enable-lifecycle=true');
  expect(args(pod('statsd', { spec }))).not.toContain('--web.enable-lifecycle=true');
  expect(args(pod('statsd', { annotations }))).not.toContain('--web.enable-lifecycle=true');
  expect(
    codes(
      inject(
        pod('haproxy', { annotations, spec: { ...spec, containers: [{ name: 'a', ports: [{ containerPort: 80 }] }] } }),
      ),
    ),
  ).toEqual(['job_without_native']);
});
