import { type JsonObject, objectOf, objectsOf, textOf, textsOf } from '../../src/json/json.ts';

/** Istio's way of reading a key: as Prometheus makes a label name of it. */
const sanitised = (key: string) => key.replace(/[^a-zA-Z0-9_]/g, '_');

const fields = { prometheus_io_scrape: 'scrape', prometheus_io_path: 'path', prometheus_io_port: 'port' } as const;

/**
 * The pod as Istio's sidecar injector leaves it, as far as other webhooks see it: its containers in their places, its
 * list of ports, the probes, and the page of the pod behind its own. `recorded.test.ts` compares it with the real one.
 * @param native whether the proxy is a native sidecar
 */
export function asIstio(pod: JsonObject, native: boolean): JsonObject {
  const metadata = objectOf(pod.metadata) ?? {};
  const spec = objectOf(pod.spec) ?? {};
  const { annotations, page } = merged(textsOf(metadata.annotations));
  const init = {
    name: 'istio-init',
    image: 'mesh:1',
    args: initArguments(annotations.get('traffic.sidecar.istio.io/excludeInboundPorts')),
  };
  const proxy = {
    name: 'istio-proxy',
    image: 'mesh:1',
    ...(native && { restartPolicy: 'Always' }),
    ports: [{ name: 'http-envoy-prom', containerPort: 15090, protocol: 'TCP' }],
    ...(page !== undefined && { env: [{ name: 'ISTIO_PROMETHEUS_ANNOTATIONS', value: page }] }),
  };
  const inits = objectsOf(spec.initContainers);
  const containers = objectsOf(spec.containers).map(withProbes);
  const first = annotations.get('proxy.istio.io/config')?.includes('"holdApplicationUntilProxyStarts": true') === true;
  return {
    ...pod,
    metadata: {
      ...metadata,
      annotations: {
        ...Object.fromEntries(annotations),
        'istio.io/rev': 'default',
        'sidecar.istio.io/status': JSON.stringify({ initContainers: ['istio-init'], containers: ['istio-proxy'] }),
      },
    },
    spec: {
      ...spec,
      initContainers: native ? [init, proxy, ...inits] : [...inits, init],
      containers: native ? containers : first ? [proxy, ...containers] : [...containers, proxy],
    },
  };
}

/** The annotations with those of the page led to Istio's agent, and what the agent is told of the page. */
function merged(annotations: ReadonlyMap<string, string>): {
  readonly annotations: ReadonlyMap<string, string>;
  readonly page?: string;
} {
  const page = { scrape: '', path: '', port: '' };
  const rest = new Map<string, string>();
  for (const [key, value] of annotations) {
    const field = fields[sanitised(key) as keyof typeof fields];
    if (field === undefined) rest.set(key, value);
    else page[field] = value;
  }
  if (page.scrape === 'false' || annotations.get('prometheus.istio.io/merge-metrics') === 'false')
    return { annotations };
  if (page.port === '15020') return { annotations };
  rest
    .set('prometheus.io/port', '15020')
    .set('prometheus.io/path', '/stats/prometheus')
    .set('prometheus.io/scrape', 'true');
  const isEmpty = page.scrape + page.path + page.port === '';
  return { annotations: rest, ...(!isEmpty && { page: JSON.stringify(page) }) };
}

function initArguments(skipped: string | undefined): readonly string[] {
  const ports = [...(skipped ?? '').split(',').filter((port) => port !== ''), '15020'].join(',');
  return [
    ...['istio-iptables', '-p', '15001', '-z', '15006', '-u', '1337', '-m', 'REDIRECT', '-i', '*', '-x', '', '-b', '*'],
    ...['-d', `15090,15021,${ports}`, '--log_output_level=default:info'],
  ];
}

/** Probes by HTTP and TCP go to the agent, which asks the application. */
function withProbes(container: JsonObject): JsonObject {
  const name = textOf(container.name) ?? '';
  const rewritten = (['readinessProbe', 'livenessProbe'] as const).flatMap((probe) => {
    const given = objectOf(container[probe]);
    if (given?.httpGet === undefined && given?.tcpSocket === undefined) return [];
    const { tcpSocket: _, httpGet: __, ...rest } = given;
    const path = `/app-health/${name}/${probe === 'readinessProbe' ? 'readyz' : 'livez'}`;
    return [[probe, { httpGet: { path, port: 15020 }, ...rest }] as const];
  });
  return { ...container, ...Object.fromEntries(rewritten) };
}
