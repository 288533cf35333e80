import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { nodeImage } from './apps.ts';
import { eventually } from './eventually.ts';
import { apply, must, pods } from './kubectl.ts';

const namespace = 'mapping';

/** The same line again and again: what it is called on the page is the mapping's doing. */
const sender = `
process.on('SIGTERM', () => process.exit());
const socket = require('dgram').createSocket('udp4').on('error', () => {});
setInterval(() => socket.send('orders.eu.done:1|c', +process.env.STATSD_PORT, process.env.STATSD_HOST), 50);`;

const mapping = (name: string) => `mappings:
- match: orders.*.done
  name: ${name}
  labels: { region: $1 }
`;

const annotation = (setting: string) => `statsd.metrics-sidecar.io/${setting}`;

function pod(name: string, settings: Readonly<Record<string, string>>): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, annotations: { 'metrics-sidecar.io/inject': 'statsd', ...settings } },
    spec: {
      terminationGracePeriodSeconds: 1,
      containers: [{ name: 'app', image: nodeImage, imagePullPolicy: 'IfNotPresent', command: ['node', '-e', sender] }],
    },
  };
}

const configMap = (name: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'orders', namespace },
  data: { 'mapping.yml': mapping(name) },
});

/** The page of a pod's sidecar, read through the API server. */
async function page(name: string): Promise<string> {
  return (await must(['get', '--raw', `/api/v1/namespaces/${namespace}/pods/${name}:9102/proxy/metrics`])).out;
}

/** The page has the series, and it counts. A kubelet takes a minute or two to write what was edited. */
async function counts(pod: string, series: string): Promise<void> {
  await eventually(
    async () => expect(await page(pod)).toMatch(new RegExp(`^${series}\\{region="eu"\\} \\d+`, 'm')),
    150,
  );
}

/** No container of the pod was started twice. */
async function neverRestarted(name: string): Promise<void> {
  const found = (await pods(namespace, '')).find(({ metadata }) => metadata.name === name)!;
  const { containerStatuses = [], initContainerStatuses = [] } = found.status;
  const containers = [...containerStatuses, ...initContainerStatuses];
  expect(containers.map(({ restartCount }) => restartCount)).toEqual(containers.map(() => 0));
}

const share = (text: string) =>
  must(['exec', 'share', '-n', namespace, '-c', 'app', '--', 'node', '-e', write, '/shared/mapping.yml', text]);
const write = "require('fs').writeFileSync(process.argv[1], process.argv[2])";

describe.skipIf(inject('missing'))('an edited mapping reaches the running sidecar', () => {
  beforeAll(async () => {
    await must(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=120s']);
    await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
    await apply([
      configMap('orders_first'),
      pod('annotation', { [annotation('mapping')]: mapping('orders_first') }),
      pod('config-map', { [annotation('mapping-config-map')]: 'orders/mapping.yml' }),
      pod('share', { [annotation('mapping-share')]: '/shared' }),
      // A mapping without rules as far as we are concerned; what lies in this image is no mapping.
      pod('image-file', { [annotation('mapping-image-file')]: '/usr/local/lib/node_modules/npm/package.json' }),
    ]);
    await must(['wait', 'pod', '--all', '-n', namespace, '--for=condition=Ready', '--timeout=60s']);
  });
  afterAll(() => must(['delete', 'namespace', namespace, '--wait=false']));

  test.concurrent('the annotation', async () => {
    await counts('annotation', 'orders_first');
    await must([
      ...['annotate', 'pod', 'annotation', '-n', namespace, '--overwrite'],
      `${annotation('mapping')}=${mapping('orders_second')}`,
    ]);
    await counts('annotation', 'orders_second');
    await neverRestarted('annotation');
  });

  test.concurrent('the ConfigMap', async () => {
    await counts('config-map', 'orders_first');
    await apply([configMap('orders_second')]);
    // Left alone, a kubelet looks at the volume within a minute or so; a change of the pod makes it look now.
    await must(['annotate', 'pod', 'config-map', '-n', namespace, 'looked-at=now']);
    await counts('config-map', 'orders_second');
    await neverRestarted('config-map');
  });

  test.concurrent('the shared directory, where the file appears after the start', async () => {
    await eventually(async () => expect(await page('share')).toMatch(/^orders_eu_done \d+/m));
    await share(mapping('orders_first'));
    await counts('share', 'orders_first');
    await share(mapping('orders_second'));
    await counts('share', 'orders_second');
    await neverRestarted('share');
  });

  test("a file of the application's image", async () => {
    const { out } = await must(['get', '--raw', `/api/v1/namespaces/${namespace}/pods/image-file:9102/proxy/`]);
    expect(out).toContain('/etc/metrics-sidecar/mapping/mapping.yml');
    expect(await page('image-file')).toMatch(/^orders_eu_done \d+/m);
  });
});
