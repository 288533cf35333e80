import { sidecarsOutdated } from '../../../src/check/checks/sidecars-outdated.ts';
import { testCases } from '../case.ts';
import { injected, path, running, webPod } from '../cluster.ts';

testCases('sidecars-outdated.txt', [
  {
    when: 'another version',
    check: sidecarsOutdated,
    arrange: ({ api }) => void api.put(path.pod('old'), running(injected(webPod('old'), '1.1.0'))),
    result: 'warning',
  },
  {
    when: 'another version, with an image of its own',
    check: sidecarsOutdated,
    arrange: ({ api }) => {
      const pod = webPod('old', { annotations: { 'metrics-sidecar.io/image': 'example.test/fork:1' } });
      api.put(path.pod('old'), running(injected(pod, '1.1.0')));
    },
    result: 'warning',
  },
  {
    when: 'opted out after its injection, other kinds, nothing asks any longer',
    check: sidecarsOutdated,
    arrange: (cluster) => {
      for (const [name, value] of [
        ['a', 'false'],
        ['b', 'statsd,ingest'],
        ['c', undefined],
      ] as const) {
        cluster.api.put(path.pod(name), running(injected(webPod(name))));
        cluster.set(path.pod(name), 'metadata/annotations/metrics-sidecar.io~inject', value);
      }
    },
    result: 'warning',
  },
  {
    when: 'a label that came with a copied template',
    check: sidecarsOutdated,
    arrange: ({ api }) =>
      void api.put(
        path.pod('copy'),
        running(webPod('copy', { metadata: { labels: { 'metrics-sidecar.io/injected': 'true' } } })),
      ),
    result: 'ok',
  },
  {
    when: 'the dry run is not allowed, so the version of the webhook counts',
    check: sidecarsOutdated,
    arrange: (cluster) => {
      cluster.admit = () => ({ status: 403, message: 'User "dev" cannot create resource "pods"' });
      cluster.api.put(path.pod('old'), running(injected(webPod('old'), '1.1.0')));
    },
    result: 'warning',
  },
]);
