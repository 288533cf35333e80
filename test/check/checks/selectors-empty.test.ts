import { selectorsEmpty } from '../../../src/check/checks/selectors-empty.ts';
import { addPod } from '../arrange.ts';
import { testCases } from '../case.ts';
import { path } from '../cluster.ts';

const scrape = { annotations: { 'metrics-sidecar.io/scrape': 'true' } };
const monitor = (kind: string) => `/apis/monitoring.coreos.com/v1/namespaces/shop/${kind}/sidecars`;

testCases('selectors-empty.txt', [
  {
    when: 'Services: no pod, no injected pod, no selector, and one that is right',
    check: selectorsEmpty,
    arrange: (cluster) => {
      addPod('plain', { metadata: { labels: { app: 'plain' }, annotations: {} } })(cluster);
      const service = (name: string, selector: object | undefined, metadata: object = scrape) =>
        cluster.api.put(`/api/v1/namespaces/shop/services/${name}`, { metadata, spec: { selector } });
      service('nothing', { app: 'shop' });
      service('plain', { app: 'plain' });
      service('external', undefined);
      service('web', { app: 'web' });
      service('of-haproxy', { app: 'shop' }, { annotations: { 'haproxy.metrics-sidecar.io/route': 'true' } });
      service('others', { app: 'shop' }, {});
    },
    result: 'warning',
  },
  {
    when: 'a PodMonitor that takes nothing, one that does, one of somebody else',
    check: selectorsEmpty,
    arrange: ({ api }) => {
      const endpoints = { podMetricsEndpoints: [{ port: 'ms-metrics' }] };
      api.put(monitor('podmonitors'), { spec: { ...endpoints, selector: { matchLabels: { app: 'shop' } } } });
      api.put(`${monitor('podmonitors')}-2`, {
        spec: { ...endpoints, selector: { matchLabels: { 'metrics-sidecar.io/injected': 'true' } } },
      });
      api.put(`${monitor('podmonitors')}-3`, { spec: { selector: { matchLabels: { app: 'gone' } } } });
      api.put(monitor('servicemonitors').replace('shop', 'metrics-sidecar'), {
        metadata: { labels: { 'app.kubernetes.io/name': 'metrics-sidecar' } },
        spec: { namespaceSelector: { any: true }, selector: { matchLabels: { app: 'gone' } } },
      });
    },
    result: 'warning',
  },
  {
    when: 'a PodMonitor, and nothing is injected yet',
    check: selectorsEmpty,
    arrange: ({ api }) => {
      api.remove(path.pod('web-5d9c7b6f4-x'));
      const selector = { matchLabels: { 'metrics-sidecar.io/injected': 'true' } };
      api.put(monitor('podmonitors'), { spec: { podMetricsEndpoints: [{ port: 'ms-metrics' }], selector } });
    },
    result: 'ok',
  },
]);
