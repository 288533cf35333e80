import type { JsonObject } from '../../src/json/json.ts';
import { nodeImage } from './apps.ts';

/** Targets as `JOB PORT/PATH`; those of metrics-sidecar's own job, whatever it is called, are `sidecar`. */
export type Expected = readonly `${'pods' | 'slow' | 'sidecar'} ${number}/${string}`[];

/**
 * A pod, and where its endpoints have to be found: exactly there, each once, each up. `annotationJobs`: by the stock
 * jobs; `beside`: what a job or PodMonitor that stands beside them adds; `alone`: what it finds where there is no
 * other.
 */
export interface Shape {
  readonly annotations: Readonly<Record<string, string>>;
  /** TCP ports that the application declares and serves its page on; 8080, named `http`, where nothing is said. */
  readonly ports?: readonly number[];
  readonly spec?: JsonObject;
  /** The pod ends by itself. */
  readonly ends?: true;
  readonly annotationJobs: Expected;
  readonly beside: Expected;
  readonly alone: Expected;
}

const asks = (kinds: string) => ({ 'metrics-sidecar.io/inject': kinds });
const scrape = (values: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [`prometheus.io/${key}`, value]));
const everything = {
  ...asks('statsd,ingest,port-monitor,haproxy'),
  'haproxy.metrics-sidecar.io/takeover': 'true',
};
const own = scrape({ scrape: 'true', port: '8080', path: '/app' });

const ours: Expected = ['sidecar 9102/metrics'];
/** The pod's place in the annotation jobs is ours. */
const slot = { annotationJobs: ['pods 9102/metrics'], beside: [], alone: ours } as const;
/** It is the application's and stays so. */
const taken = { annotationJobs: ['pods 8080/app'], beside: ours, alone: ours } as const;
const nowhere = { annotationJobs: [], beside: [], alone: [] } as const;

export const shapes: Readonly<Record<string, Shape>> = {
  plain: { annotations: own, ...taken, beside: [], alone: [] },
  native: { annotations: asks('statsd'), ...slot },
  classic: { annotations: { ...asks('statsd'), 'metrics-sidecar.io/native': 'false' }, ...slot },
  own: { annotations: { ...everything, ...own }, ...taken },
  merged: {
    annotations: { ...asks('statsd'), ...own, 'metrics-sidecar.io/merge-app-metrics': 'true' },
    ...slot,
  },
  everything: { annotations: everything, ...slot },
  'moved-port': {
    annotations: asks('statsd'),
    ports: [9102],
    annotationJobs: ['pods 9103/metrics'],
    beside: [],
    alone: ['sidecar 9103/metrics'],
  },
  'without-port': {
    annotations: { ...asks('statsd'), ...scrape({ scrape: 'true' }) },
    annotationJobs: ['pods 8080/metrics', 'pods 9102/metrics'],
    beside: [],
    alone: ours,
  },
  slow: {
    annotations: { ...asks('statsd'), ...scrape({ 'scrape-slow': 'true', port: '8080', path: '/app' }) },
    annotationJobs: ['slow 8080/app'],
    beside: ours,
    alone: ours,
  },
  'slow-without-port': {
    annotations: { ...asks('statsd'), ...scrape({ 'scrape-slow': 'true' }) },
    annotationJobs: ['slow 8080/metrics', 'slow 9102/metrics'],
    beside: [],
    alone: ours,
  },
  mesh: {
    annotations: {
      ...asks('statsd'),
      ...scrape({ scrape: 'true', port: '15020', path: '/stats/prometheus' }),
    },
    ports: [8080, 15020],
    annotationJobs: ['pods 15020/stats/prometheus'],
    beside: ours,
    alone: ours,
  },
  'opted-out': {
    annotations: { ...asks('statsd'), ...scrape({ scrape: 'false' }) },
    annotationJobs: [],
    beside: ours,
    alone: ours,
  },
  finished: {
    annotations: { ...asks('statsd'), ...own },
    spec: { restartPolicy: 'Never' },
    ends: true,
    ...nowhere,
  },
  'host-network': { annotations: asks('statsd'), ports: [], spec: { hostNetwork: true }, ...nowhere },
};

/** Serves a page of one series at the paths that the shapes name, and nothing anywhere else. */
const program = (ports: readonly number[]) => `
process.on('SIGTERM', () => process.exit());
const pages = ['/app', '/metrics', '/stats/prometheus'];
const answer = (request, response) => {
  if (!pages.includes(request.url)) return response.writeHead(404).end();
  response.setHeader('content-type', 'text/plain; version=0.0.4');
  response.end('# TYPE shape_page gauge\\nshape_page{path="' + request.url + '"} 1\\n');
};
for (const port of ${JSON.stringify(ports)}) require('http').createServer(answer).listen(port);
setInterval(() => {}, 1e6);`;

/** The pod of a shape as a person writes it, not injected yet. */
export function podOf(name: string, { annotations, ports = [8080], spec = {}, ends }: Shape): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: name, 'app.kubernetes.io/name': name }, annotations },
    spec: {
      terminationGracePeriodSeconds: 10,
      containers: [
        {
          name: 'app',
          image: nodeImage,
          imagePullPolicy: 'IfNotPresent',
          command: ['node', '-e', ends ? '' : program(ports)],
          ports: ports.map((containerPort, i) => ({ containerPort, name: i === 0 ? 'http' : `http-${i}` })),
          resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '128Mi' } },
        },
      ],
      ...spec,
    },
  };
}
