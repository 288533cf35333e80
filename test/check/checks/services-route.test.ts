import { servicesRoute } from '../../../src/check/checks/services-route.ts';
import { testCases } from '../case.ts';
import { running, type TestCluster, webPod } from '../cluster.ts';

const route = { 'haproxy.metrics-sidecar.io/route': 'true' };
const http = { name: 'http', containerPort: 8080 };

const service =
  (name: string, port: object, annotations: object = route, spec: object = { selector: { app: 'routed' } }) =>
  ({ api }: TestCluster) =>
    api.put(`/api/v1/namespaces/shop/services/${name}`, {
      metadata: { annotations },
      spec: { ...spec, ports: [{ port: 80, ...port }] },
    });

/** A pod of the Services: with HAProxy that takes a name over, or as it was written. */
const pod =
  (name: string, ports: readonly object[] | undefined, takeover?: string) =>
  ({ api }: TestCluster) => {
    const status = JSON.stringify({ injected: true, kinds: ['haproxy'], decisions: { takeover } });
    const annotations = takeover === undefined ? {} : { 'metrics-sidecar.io/status': status };
    const json = running(webPod(name, { metadata: { labels: { app: 'routed' }, annotations } }));
    const proxy = { name: 'metrics-sidecar-haproxy', restartPolicy: 'Always', ports: [{ name: takeover }] };
    const app = { name: 'app', ports: takeover === undefined ? ports : [{ name: 'ms-app', containerPort: 8080 }] };
    const spec = { containers: [app], initContainers: takeover === undefined ? null : [proxy] };
    api.put(`/api/v1/namespaces/shop/pods/${name}`, { ...json, spec });
  };

const arranged =
  (...steps: readonly ((cluster: TestCluster) => unknown)[]) =>
  (cluster: TestCluster) => {
    for (const step of steps) step(cluster);
  };

const written = (json: object) => ({ 'metrics-sidecar.io/status': JSON.stringify({ route: json }) });

testCases('services-route.txt', [
  {
    when: 'a name that every pod takes over, and a Service that asks for nothing',
    check: servicesRoute,
    arrange: arranged(
      pod('one', [], 'http'),
      service('web', { targetPort: 'http' }),
      service('plain', { targetPort: 8080 }, {}),
    ),
    result: 'ok',
  },
  {
    when: 'numbers: pods with and without the takeover',
    check: servicesRoute,
    arrange: arranged(pod('one', [], 'http'), service('taken', { targetPort: 8080 }), service('without-target', {})),
    result: 'warning',
  },
  {
    when: 'a number, and one of two pods without HAProxy',
    check: servicesRoute,
    arrange: arranged(pod('one', [], 'http'), pod('two', [http]), service('web', { targetPort: 8080 })),
    result: 'warning',
  },
  {
    when: 'names: of a pod that does not have it, of one that was missed, of a pod without ports',
    check: servicesRoute,
    arrange: arranged(
      pod('one', [], 'http'),
      pod('missed', [http]),
      service('missed', { targetPort: 'http' }),
      service('lacking', { targetPort: 'web' }),
    ),
    result: 'warning',
  },
  {
    when: 'a pod whose ports are null, and one of UDP',
    check: servicesRoute,
    arrange: arranged(
      pod('one', undefined),
      pod('two', [{ ...http, protocol: 'UDP' }]),
      service('web', { targetPort: 'http' }),
    ),
    result: 'warning',
  },
  {
    when: 'no pod, no selector',
    check: servicesRoute,
    arrange: arranged(
      service('nothing', { targetPort: 'http' }, route, { selector: { app: 'nothing' } }),
      service('external', { targetPort: 'http' }, route, {}),
    ),
    result: 'warning',
  },
  {
    when: 'a number that an earlier version wrote, and one that it wrote and somebody changed',
    check: servicesRoute,
    arrange: arranged(
      pod('one', [http]),
      service('old', { targetPort: 18000 }, written({ port: 80, targetPort: 8080, to: 18000 })),
      service('none-before', { targetPort: 18000 }, written({ port: 80, to: 18000 })),
      service('changed', { targetPort: 9090 }, written({ port: 80, targetPort: 8080, to: 18000 })),
    ),
    result: 'warning',
  },
]);
