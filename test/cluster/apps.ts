import type { KubernetesObject } from './kubectl.ts';

export const nodeImage = 'docker.io/library/node:24-bookworm-slim';

/** Sends seven orders, a gauge and a timer by statsd, once the sidecar takes them. */
const statsd = `
const { STATSD_HOST: host, STATSD_PORT: port } = process.env;
const knock = () => require('net').connect(+port, host, function () {
  this.destroy();
  const socket = require('dgram').createSocket('udp4');
  for (let i = 0; i < 7; i++) socket.send('orders_done:1|c|#queue:eu', +port, host);
  socket.send('orders_waiting:3|g', +port, host);
  socket.send('order_time:250|ms', +port, host);
}).on('error', () => setTimeout(knock, 100));
knock();`;

/** Three workers push the same counter; together they are one application that did fifteen. */
const ingest = `
const push = (worker) => fetch(process.env.METRICS_SIDECAR_INGEST_URL, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify([{ name: 'jobs_done_total', type: 'counter', help: 'Jobs.', values: [
    { name: 'jobs_done_total', labels: { _id: 'worker-' + worker, kind: 'mail' }, value: 5 } ] }]),
}).then((answer) => { if (!answer.ok) throw new Error(answer.status); }).catch(() => setTimeout(push, 100, worker));
const all = () => [1, 2, 3].map(push);
all(); setInterval(all, 10000);`;

const http = `require('http').createServer((request, response) => response.end('hello ' + request.url)).listen(8080);`;

const idle = 'setInterval(() => {}, 1e6);';

export const programs = { statsd, ingest, http, idle } as const;

export interface AppOptions {
  readonly name: string;
  readonly namespace: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly programs: readonly (keyof typeof programs)[];
}

/** A pod template whose one container runs the programs; clean under Pod Security `restricted`. */
export function template({ name, annotations, programs: run }: AppOptions): object {
  const serves = run.includes('http');
  return {
    metadata: { labels: { app: name }, annotations },
    spec: {
      terminationGracePeriodSeconds: 20,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'app',
          image: nodeImage,
          imagePullPolicy: 'IfNotPresent',
          command: [
            'node',
            '-e',
            ["process.on('SIGTERM', () => process.exit());", ...run.map((key) => programs[key])].join('\n'),
          ],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '128Mi' } },
          ...(serves && {
            ports: [{ name: 'http', containerPort: 8080 }],
            readinessProbe: { httpGet: { port: 'http', path: '/' }, periodSeconds: 1 },
          }),
        },
      ],
    },
  };
}

export function deployment(options: AppOptions): KubernetesObject {
  const { name, namespace } = options;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: { selector: { matchLabels: { app: name } }, template: template(options) },
  };
}
