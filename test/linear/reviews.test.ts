import { describe, expect, test } from 'vitest';
import { webhookFlags } from '../../src/contract/webhook.ts';
import { injectPod, injectService, lintWorkload } from '../../src/inject/inject.ts';
import { podAnnotations } from '../../src/kinds/annotations.ts';
import { createAdmission } from '../../src/webhook/admission/admission.ts';
import { createMetrics } from '../../src/webhook/metrics/webhook-metrics.ts';
import { createPinoLog } from '../../src/webhook/pino-log.ts';
import { nowhere } from '../webhook/nowhere.ts';
import { observed } from '../webhook/observed.ts';
import { steepness } from './growth.ts';
import { many } from './many.ts';
import { attackShapes, type Shape } from './shapes.ts';

const admit = createAdmission({
  inputs: () => ({
    engine: { injectPod, injectService, lintWorkload },
    settings: {
      defaults: new Map([['metrics-sidecar.io/image', 'registry.example/metrics-sidecar:1.0']]),
      onInvalid: 'allow',
      nativeSidecars: 'auto',
      discovery: 'annotations',
      version: '1.0',
    },
    facts: (name) => ({ namespace: { name, labels: {}, limitRanges: [] }, kubelets: ['v1.35.0'] }),
  }),
  metrics: createMetrics(observed()),
  log: createPinoLog({ level: 'info', now: () => 0, out: nowhere() }).log,
  notifyOwner: () => {},
  clock: () => 0,
  reviewLimit: webhookFlags.reviewLimit.default,
});

const kinds = 'statsd,ingest,port-monitor,haproxy';

function reviewOf(kind: string, object: object, request: object = {}): string {
  const group = kind === 'Deployment' ? 'apps' : '';
  return JSON.stringify({
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid: 'u',
      kind: { group, version: 'v1', kind },
      operation: 'CREATE',
      namespace: 'a',
      ...request,
      object,
    },
  });
}

const judge = (review: string, size?: number) => {
  for (const path of ['mutate', 'lint'] as const) admit(path, Buffer.from(review), size);
};

interface Said {
  readonly annotations?: object;
  readonly labels?: object;
  readonly spec?: object;
  readonly container?: object;
}

const podOf = ({ annotations, labels = {}, spec, container }: Said) => ({
  metadata: {
    name: 'a',
    labels,
    annotations: { 'metrics-sidecar.io/inject': kinds, 'haproxy.metrics-sidecar.io/app-port': '80', ...annotations },
  },
  spec: { containers: [{ name: 'app', ...container }], ...spec },
});

/** As a pod, and as the template of a Deployment. */
function pod(said: Said): void {
  judge(reviewOf('Pod', podOf(said)));
  judge(
    reviewOf('Deployment', { metadata: { name: 'd', annotations: said.annotations }, spec: { template: podOf(said) } }),
  );
}

/** What a tenant, or anyone who reaches the port, may write. */
const parts: Readonly<Record<string, (text: string) => unknown>> = {
  'a body': judge,
  'the beginning of a body that is too large': (text) => judge(text, 2 ** 24),
  'a uid': (text) => judge(reviewOf('Pod', podOf({}), { uid: text })),
  'a namespace': (text) => judge(reviewOf('Pod', podOf({}), { namespace: text })),
  'a name': (text) => judge(reviewOf('Pod', { ...podOf({}), metadata: { name: text, generateName: text } })),
  'every annotation': (text) =>
    pod({
      annotations: Object.fromEntries(
        [...podAnnotations.keys()].map((key) => [key, text.slice(0, text.length / podAnnotations.size)]),
      ),
    }),
  inject: (text) => pod({ annotations: { 'metrics-sidecar.io/inject': text } }),
  'a mapping': (text) => pod({ annotations: { 'statsd.metrics-sidecar.io/mapping': text } }),
  'container-patch': (text) => pod({ annotations: { 'metrics-sidecar.io/container-patch': text } }),
  status: (text) => pod({ annotations: { 'metrics-sidecar.io/status': text } }),
  'a key': (text) =>
    pod({ annotations: { [`metrics-sidecar.io/${text}`]: 'a', [text]: 'a' }, labels: { [text]: text } }),
  'annotations of Prometheus': (text) =>
    pod({ annotations: { 'prometheus.io/port': text, 'prometheus.io/path': text, 'prometheus.io/scrape': text } }),
  'a container': (text) =>
    pod({ container: { name: text, image: text, command: [text], args: [text], workingDir: text } }),
  env: (text) =>
    pod({
      container: {
        env: [
          { name: text, value: text },
          { name: 'STATSD_HOST', value: text },
        ],
      },
    }),
  ports: (text) => pod({ container: { ports: [{ name: text, protocol: text, containerPort: text }] } }),
  resources: (text) =>
    pod({ container: { resources: { limits: { cpu: text, memory: text }, requests: { cpu: text } } } }),
  volumes: (text) =>
    pod({
      spec: { volumes: [{ name: text }], nodeSelector: { [text]: text } },
      container: { volumeMounts: [{ name: text, mountPath: text }] },
    }),
  'a probe': (text) => pod({ container: { livenessProbe: { httpGet: { port: text, path: text } } } }),
  'a Service': (text) =>
    judge(
      reviewOf('Service', {
        metadata: {
          name: text,
          annotations: {
            'metrics-sidecar.io/scrape': text,
            'metrics-sidecar.io/scrape-port': text,
            'haproxy.metrics-sidecar.io/route': 'true',
          },
        },
        spec: { ports: [{ name: text, targetPort: text }], selector: { [text]: text } },
      }),
    ),
};

describe.each(Object.entries(parts))('%s in a review', (_, run) => {
  test.each(attackShapes)('$name', async ({ make }) => {
    expect(await steepness(run, make)).toBeUndefined();
  });
});

const list = (name: string, item: (i: number) => object, said: (items: readonly object[]) => Said): Shape => {
  const items = many(name, (i) => `${i === 0 ? '' : ','}${JSON.stringify(item(i))}`, '[', ']');
  return { name, make: (length) => reviewOf('Pod', podOf(said(JSON.parse(items.make(length)) as object[]))) };
};
const map = (name: string, entry: (i: number) => [string, string], said: (entries: object) => Said): Shape =>
  list(name, entry, (items) => said(Object.fromEntries(items as [string, string][])));

const manyParts: readonly Shape[] = [
  list(
    'containers',
    (i) => ({ name: `c${i}` }),
    (more) => ({ spec: { containers: more } }),
  ),
  list(
    'containers with ports',
    (i) => ({ name: `c${i}`, ports: [{ containerPort: 8000 + i, name: `p${i}` }] }),
    (more) => ({ spec: { containers: more } }),
  ),
  list(
    'containers of one name',
    () => ({ name: 'c' }),
    (more) => ({ spec: { containers: more } }),
  ),
  list(
    'init containers',
    (i) => ({ name: `c${i}`, restartPolicy: 'Always' }),
    (initContainers) => ({ spec: { initContainers } }),
  ),
  list(
    'ports',
    (i) => ({ containerPort: 8000 + i, name: `p${i}` }),
    (ports) => ({ container: { ports } }),
  ),
  list(
    'env',
    (i) => ({ name: `E${i}`, value: `$(E${i + 1})` }),
    (env) => ({ container: { env } }),
  ),
  list(
    'mounts',
    (i) => ({ name: `v${i}`, mountPath: `/m${i}` }),
    (volumeMounts) => ({ container: { volumeMounts } }),
  ),
  list(
    'volumes',
    (i) => ({ name: `v${i}` }),
    (volumes) => ({ spec: { volumes } }),
  ),
  list(
    'operations of a container patch',
    (i) => ({ op: 'add', path: '/env/-', value: { name: `E${i}` } }),
    (patch) => ({ annotations: { 'metrics-sidecar.io/container-patch': JSON.stringify(patch) } }),
  ),
  list(
    'operations that insert',
    (i) => ({ op: 'add', path: '/env/0', value: { name: `E${i}` } }),
    (patch) => ({ annotations: { 'metrics-sidecar.io/container-patch': JSON.stringify(patch) } }),
  ),
  map(
    'annotations of others',
    (i) => [`a${i}`, 'v'],
    (annotations) => ({ annotations }),
  ),
  map(
    'annotations that are unknown',
    (i) => [`metrics-sidecar.io/a${i}`, 'v'],
    (annotations) => ({ annotations }),
  ),
  map(
    'annotations of a domain that is mistyped',
    (i) => [`metric-sidecar.io/a${i}`, 'v'],
    (annotations) => ({ annotations }),
  ),
  map(
    'labels',
    (i) => [`a${i}`, 'v'],
    (labels) => ({ labels }),
  ),
  map(
    'node selectors',
    (i) => [`a${i}`, 'v'],
    (nodeSelector) => ({ spec: { nodeSelector } }),
  ),
];

test.each(manyParts)('a review with many: $name', async ({ make }) => {
  expect(await steepness(judge, make, 524_288)).toBeUndefined();
});
