import { describe, expect, test } from 'vitest';
import { injectPod } from '../../../src/inject/inject.ts';
import { uninjectPod } from '../../../src/inject/uninject/uninject.ts';
import type { Json, JsonObject } from '../../../src/json/json.ts';
import { facts, settings } from '../cluster.ts';
import { annotationsOf, codes, containers, patched, pod, statusOf } from '../pods.ts';

const p = 'metrics-sidecar.io';
const injected = (json: JsonObject, given: Parameters<typeof settings>[0] = {}) => {
  const outcome = injectPod({ pod: json, facts: facts(), settings: settings(given) });
  expect(outcome.decision).toBe('injected');
  return patched(json, outcome);
};
const taken = (json: JsonObject) => patched(json, uninjectPod(json));
/** A deep copy that a test may write to. */
const draft = (json: JsonObject) => structuredClone(json) as never as Draft;

interface Draft extends JsonObject {
  metadata: { annotations: Record<string, string>; labels: Record<string, string> };
  spec: {
    containers: { name: string; env: Json[]; volumeMounts: Json[]; ports: Record<string, Json>[] }[];
    initContainers: { name: string }[];
    volumes: { name: string }[];
  };
}

const web = {
  container: {
    ports: [{ name: 'http', containerPort: 8080 }],
    readinessProbe: { httpGet: { port: 'http', path: '/ready' } },
    livenessProbe: { tcpSocket: { port: 8080 } },
  },
};
const takeover = { [`haproxy.${p}/takeover`]: 'true' };

describe('what went in comes back, text for text', () => {
  const table: readonly [string, JsonObject][] = [
    ['parents that are absent', pod('statsd,ingest')],
    ['lists that are empty', pod('haproxy', { ...web, spec: { volumes: [], initContainers: [] } })],
    ['null for absent', pod('statsd', { container: { env: null, volumeMounts: null }, spec: { volumes: null } })],
    ['an empty list of variables', pod('statsd', { container: { env: [] } })],
    ['labels that are empty', pod('port-monitor', { labels: {} })],
    ['labels that are null', pod('port-monitor', { metadata: { labels: null } })],
    ['a label that is ours', pod('statsd', { labels: { [`${p}/injected`]: 'false' } })],
    ['scraped-by of somebody', pod('statsd', { annotations: { [`${p}/scraped-by`]: 'prometheus-annotations' } })],
    ['a port that points at us', pod('statsd', { annotations: slotOf('9102') })],
    [
      'a page that is merged',
      pod('statsd', { annotations: { ...slotOf('8080'), [`${p}/merge-app-metrics`]: 'true' } }),
    ],
    ['a variable of the same value', pod('statsd', { container: { env: [{ name: 'STATSD_PORT', value: '9125' }] } })],
    ['a port whose name moved', pod('haproxy', { ...web, annotations: takeover })],
    [
      'volumes that are listed for the autoscaler, oddly',
      pod('statsd', { annotations: { 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes': 'cache,,tmp' } }),
    ],
    ['a directory that is shared', pod('statsd', { annotations: { [`statsd.${p}/mapping-share`]: '/etc/statsd' } })],
    [
      "a directory of the application's own",
      pod('statsd', {
        annotations: { [`statsd.${p}/mapping-share`]: '/conf' },
        spec: {
          containers: [
            { name: 'app', image: 'a', volumeMounts: [{ name: 'conf', mountPath: '/conf' }] },
            { name: 'worker', image: 'a', volumeMounts: [] },
          ],
          volumes: [{ name: 'conf', emptyDir: {} }],
        },
      }),
    ],
  ];

  test.each(table)('%s', (_, json) => {
    expect(JSON.stringify(taken(injected(json)))).toBe(JSON.stringify(json));
  });

  test.each([
    ['absent', {}],
    ['null', { metadata: null }],
    ['empty', { metadata: {} }],
    ['with null annotations', { metadata: { annotations: null } }],
    ['with empty annotations', { metadata: { annotations: {}, labels: {} } }],
  ])('a template that its namespace asks for, metadata %s', (_, metadata) => {
    const template = { ...metadata, spec: { containers: [{ name: 'app', image: 'a' }] } } as JsonObject;
    const asked = facts({ labels: { [`${p}/inject`]: 'statsd' } });
    const outcome = injectPod({ pod: template, facts: asked, settings: settings() });
    expect(outcome.decision).toBe('injected');
    expect(JSON.stringify(taken(patched(template, outcome)))).toBe(JSON.stringify(template));
    const host = { ...template, spec: { ...(template.spec as JsonObject), hostNetwork: true } };
    const refusal = injectPod({ pod: host, facts: asked, settings: settings() });
    expect(refusal.decision).toBe('skipped');
    const once = patched(host, refusal);
    expect(injectPod({ pod: once, facts: asked, settings: settings() }).patch).toEqual([]);
    expect(JSON.stringify(taken(once))).toBe(JSON.stringify(host));
    // Refused first, corrected then: what the refusal hid is not forgotten.
    const cured = { ...once, spec: template.spec! };
    const later = injectPod({ pod: cured, facts: asked, settings: settings() });
    expect(JSON.stringify(taken(patched(cured, later)))).toBe(JSON.stringify(template));
  });
});

describe('PUSHGATEWAY_URL, which an earlier version gave', () => {
  const url = { name: 'PUSHGATEWAY_URL', value: 'http://127.0.0.1:4888' };

  test('goes with what else was given', () => {
    const json = pod('ingest', { container: { env: [{ name: 'A', value: 'b' }] } });
    const older = draft(injected(json));
    expect(JSON.stringify(older)).not.toContain('PUSHGATEWAY_URL');
    older.spec.containers.find(({ name }) => name === 'app')!.env.push(url);
    expect(JSON.stringify(taken(older))).toBe(JSON.stringify(json));
  });

  test('goes where an upstream has that name now', () => {
    const annotations = { [`haproxy.${p}/upstreams`]: 'pushgateway=http://push:9091' };
    const json = pod('ingest,haproxy', { ...web, annotations });
    const older = draft(injected(json));
    const env = older.spec.containers.find(({ name }) => name === 'app')!.env as { name: string; value: string }[];
    env.find(({ name }) => name === url.name)!.value = url.value;
    expect(JSON.stringify(taken(older))).toBe(JSON.stringify(json));
  });

  test("stays where it is the application's own", () => {
    const json = pod('ingest', { container: { env: [url] } });
    expect(JSON.stringify(taken(injected(json)))).toBe(JSON.stringify(json));
  });
});

test('a pod that was never injected is unchanged, and so is one a second time', () => {
  const json = pod('statsd,haproxy', { ...web, annotations: takeover });
  expect(uninjectPod(json)).toMatchObject({ decision: 'unchanged', patch: [], reasons: [{ code: 'not_injected' }] });
  expect(uninjectPod(taken(injected(json)))).toMatchObject({ decision: 'unchanged', patch: [] });
  const marked = pod('statsd', { labels: { [`${p}/injected`]: 'true' } });
  expect(codes(uninjectPod(marked))).toEqual(['status_missing']);
});

describe('what somebody changed since the injection stays', () => {
  const json = pod('statsd,haproxy', {
    ...web,
    annotations: { ...takeover, [`statsd.${p}/mapping-share`]: '/etc/statsd' },
    spec: { volumes: [{ name: 'cache', emptyDir: {} }] },
  });

  test('things that were added', () => {
    const after = draft(injected(json));
    after.metadata.annotations.note = 'x';
    after.metadata.annotations[`${p}/log-level`] = 'debug';
    after.spec.containers[0]!.env.unshift({ name: 'A', value: '1' });
    after.spec.containers[0]!.env.push({ name: 'STATSD_HOST', value: 'statsd.shop' });
    after.spec.containers.push({ name: 'late', env: after.spec.containers[0]!.env.slice(1, 2) } as never);
    after.spec.volumes.push({ name: 'late' });
    const result = uninjectPod(after);
    const back = patched(after, result) as Draft;
    expect(result.reasons).toEqual([]);
    expect(back.metadata.annotations).toEqual({ ...annotationsOf(json), note: 'x', [`${p}/log-level`]: 'debug' });
    expect(back.spec.containers[0]!.env).toEqual([
      { name: 'A', value: '1' },
      { name: 'STATSD_HOST', value: 'statsd.shop' },
    ]);
    expect(back.spec.containers[1]).toEqual({ name: 'late', env: [{ name: 'STATSD_HOST', value: '127.0.0.1' }] });
    expect(back.spec.volumes.map(({ name }) => name)).toEqual(['cache', 'late']);
  });

  test('values that were edited are named', () => {
    const after = draft(injected(json));
    after.metadata.annotations['prometheus.io/port'] = '9999';
    after.metadata.labels[`${p}/injected`] = 'maybe';
    const [app] = after.spec.containers;
    app!.env[1] = { name: 'STATSD_PORT', value: '1' };
    app!.ports[0]!.name = 'web';
    const result = uninjectPod(after);
    expect(result.reasons.map(({ code, subject, detail }) => [code, subject, detail])).toEqual([
      ['changed_since', 'annotation prometheus.io/port', ''],
      ['changed_since', `label ${p}/injected`, ''],
      ['changed_since', 'container "app"', 'port 8080'],
      ['changed_since', 'container "app"', 'STATSD_PORT'],
    ]);
    expect(result.warnings).toHaveLength(4);
    const back = patched(after, result) as Draft;
    expect(back.metadata.annotations).toEqual({ ...annotationsOf(json), 'prometheus.io/port': '9999' });
    expect(back.spec.containers[0]).toMatchObject({
      env: [{ name: 'STATSD_PORT', value: '1' }],
      ports: [{ name: 'web', containerPort: 8080 }],
      readinessProbe: { httpGet: { port: 8080 } },
    });
  });

  test('what is gone is said, and the rest is undone', () => {
    const after = draft(injected(json));
    after.spec.initContainers = after.spec.initContainers.filter(({ name }) => name !== 'metrics-sidecar');
    after.spec.volumes = after.spec.volumes.filter(({ name }) => name !== 'metrics-sidecar-no-token');
    delete after.metadata.annotations['prometheus.io/path'];
    after.spec.containers[0]!.env.pop();
    after.spec.containers[0]!.volumeMounts = [];
    const result = uninjectPod(after);
    expect(new Set(codes(result))).toEqual(new Set(['gone_since']));
    expect(result.reasons.map(({ subject, detail }) => `${subject} ${detail}`.trim())).toEqual([
      'annotation prometheus.io/path',
      'container "app" DD_DOGSTATSD_PORT',
      'container "app" mount /etc/statsd',
      'volume "metrics-sidecar-no-token"',
      'container "metrics-sidecar"',
    ]);
    const { volumeMounts: _, ...app } = containers(patched(after, result), 'containers')[0]!;
    expect(app).toEqual(containers(json, 'containers')[0]);
  });

  test('a container of the application that is gone', () => {
    const after = draft(injected(json));
    after.spec.containers = [{ name: 'other' } as never];
    const result = uninjectPod(after);
    expect(result.reasons[0]).toMatchObject({ code: 'gone_since', subject: 'container "app"' });
    expect(containers(patched(after, result), 'containers')).toEqual([{ name: 'other' }]);
  });

  test('a mount of ours that somebody made elsewhere is not taken away silently', () => {
    const after = draft(injected(json));
    after.spec.containers.push({
      name: 'late',
      volumeMounts: [{ name: 'metrics-sidecar-mapping', mountPath: '/m' }],
    } as never);
    expect(uninjectPod(after).reasons).toEqual([
      {
        code: 'changed_since',
        subject: 'container "late"',
        detail: 'it mounts volume "metrics-sidecar-mapping", which goes',
      },
    ]);
  });
});

describe('the record', () => {
  const json = pod('statsd,haproxy', {
    ...web,
    annotations: { ...takeover, [`statsd.${p}/mapping-share`]: '/etc/statsd' },
  });
  const after = injected(json);
  const withStatus = (text: string): JsonObject => {
    const copy = draft(after);
    copy.metadata.annotations[`${p}/status`] = text;
    return copy;
  };

  test('an older status undoes names, and says so', () => {
    const { undo: _, ...older } = statusOf(after);
    const result = uninjectPod(withStatus(JSON.stringify(older)));
    expect(codes(result)).toEqual(['undo_missing']);
    const back = patched(after, result);
    expect(annotationsOf(back)).toEqual(annotationsOf(json));
    expect(containers(back, 'initContainers')).toEqual([]);
    expect(containers(back, 'containers')[0]).not.toHaveProperty('volumeMounts');
    expect(back.spec).not.toHaveProperty('volumes');
  });

  test.each(['', 'null', '[]', '{', '"x"', '{}', '{"injected":"yes"}'])('a status that cannot be read: %s', (text) => {
    expect(uninjectPod(withStatus(text))).toMatchObject({
      decision: 'invalid',
      patch: [],
      reasons: [{ code: 'status_unreadable' }],
    });
  });

  test('a pod that is none any more', () => {
    expect(uninjectPod({ ...after, spec: { containers: [] } })).toMatchObject({
      decision: 'invalid',
      reasons: [{ code: 'malformed_pod' }],
    });
  });

  test("an edited status cannot take the application's containers and volumes away, or put anything in", () => {
    const hostile = {
      injected: true,
      containers: ['app', 7, null],
      volumes: 'x',
      was: { 'prometheus.io/port': 8 },
      undo: {
        env: { A: 1 },
        to: ['app', {}],
        kept: [],
        mount: { to: 3 },
        moved: [{}, 1],
        empty: { annotations: { a: 'b' } },
      },
    };
    const back = taken(withStatus(JSON.stringify(hostile)));
    expect(containers(back, 'containers').map(({ name }) => name)).toEqual(['app']);
    expect(uninjectPod(withStatus(JSON.stringify(hostile))).decision).toBe('uninjected');
    expect(annotationsOf(back)).not.toHaveProperty('a');
  });

  test('is short: what every pod carries of it', () => {
    const { undo } = statusOf(injected(pod('statsd')));
    expect(JSON.stringify(undo)).toBe('{"env":["app"]}');
    expect(statusOf(injected(pod('port-monitor'))).undo).toEqual({});
  });
});

function slotOf(port: string): { readonly [key: string]: string } {
  return { 'prometheus.io/scrape': 'true', 'prometheus.io/port': port, 'prometheus.io/path': '/metrics' };
}
