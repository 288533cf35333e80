// What the offline commands cost: a stream of manifests of 60 lines each, with comments, through `inject` and back.
//
//   node bench/offline.ts [DOCUMENTS]      1,000 without
//
// Every document is a Deployment of its own that asks for a sidecar. Each row is a process of its own that reads the
// stream and writes the result; `bare` only copies it, so that the difference is the work. CPU time is the process's
// own accounting, RSS its highest. The target is 2 ms of CPU a document.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';

const documents = Number(process.argv[2] ?? 1000);
const root = new URL('..', import.meta.url).pathname;

function manifest(i: number): string {
  return `# Orders of shop ${i}: what customers bought, and when it is sent.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: orders-${i}
  namespace: shop-${i % 10}
  labels: {app.kubernetes.io/name: orders, app.kubernetes.io/part-of: shop}
spec:
  replicas: 3 # two are not enough on Mondays
  revisionHistoryLimit: 3
  selector:
    matchLabels:
      app.kubernetes.io/name: orders
  template:
    metadata:
      labels:
        app.kubernetes.io/name: orders
        app.kubernetes.io/part-of: "shop"
      annotations:
        # Metrics of the workers.
        metrics-sidecar.io/inject: "statsd"
        statsd.metrics-sidecar.io/mapping-config-map: orders-mapping
    spec:
      serviceAccountName: orders
      securityContext:
        runAsNonRoot: true
        seccompProfile: {type: RuntimeDefault}
      containers:
        # The application itself.
        - name: orders
          image: "registry.example.test/shop/orders:2.${i}.0"
          command: ["/app/orders", "--workers=4"]
          ports:
            - name: http
              containerPort: 8080
          env:
            - name: REGION
              value: 'eu-1'
            - name: DATABASE_URL
              valueFrom:
                secretKeyRef: {name: orders, key: url}
          readinessProbe:
            httpGet: {path: /ready, port: http}
            periodSeconds: 5
          resources:
            requests:
              cpu: 100m
              memory: 256Mi
            limits:
              memory: 512Mi # it was killed with 256Mi
          volumeMounts:
            - name: cache
              mountPath: /var/cache/orders
      volumes:
        - name: cache
          emptyDir:
            sizeLimit: 1Gi
      # Spread over the zones.
      topologySpreadConstraints:
        - {maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: ScheduleAnyway}
      terminationGracePeriodSeconds: 45
`;
}

interface Run {
  readonly wall: number;
  readonly cpu: number;
  readonly rss: number;
  readonly out: Buffer;
}

/** The child itself says what it used, on a channel of its own. */
async function run(script: string, args: readonly string[], input: string | Buffer): Promise<Run> {
  const report = `process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    require('node:fs').writeSync(3, JSON.stringify([userCPUTime + systemCPUTime, maxRSS]));
  });`;
  const preload = `data:text/javascript,${encodeURIComponent(`import { createRequire } from 'node:module'; const require = createRequire('/'); ${report}`)}`;
  const start = performance.now();
  const child = spawn(process.execPath, ['--import', preload, script, ...args], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'ignore', 'pipe'],
  });
  child.stdin!.end(input);
  const [out, used] = await Promise.all([buffer(child.stdout!), buffer(child.stdio[3] as never), once(child, 'close')]);
  const [cpu, rss] = JSON.parse(used.toString()) as [number, number];
  return { wall: performance.now() - start, cpu: cpu / 1000, rss: rss / 1024, out };
}

const stream = Array.from({ length: documents }, (_, i) => manifest(i)).join('---\n');
const lines = stream.split('\n').length;
const program = `${root}dist/main.js`;
const cells = (...row: (string | number)[]) =>
  console.log(row.map((cell, i) => String(cell).padStart(i === 0 ? 22 : 12)).join(''));
const round = (value: number) => Math.round(value * 100) / 100;

console.log(`${documents} documents, ${lines} lines, ${Math.round(stream.length / 1024)} KiB`);
cells('', 'wall ms', 'CPU ms', 'CPU ms/doc', 'RSS MiB');
const row = (name: string, { wall, cpu, rss }: Run, floor: Run) => {
  cells(name, Math.round(wall), Math.round(cpu), round((cpu - floor.cpu) / documents), Math.round(rss));
  return (cpu - floor.cpu) / documents;
};
const bare = await run(program, ['version'], '');
row('version', bare, bare);
const injected = await run(program, ['inject'], stream);
const cost = row('inject', injected, bare);
row('inject, again', await run(program, ['inject'], injected.out), bare);
row('inject -o diff', await run(program, ['inject', '-o', 'diff'], stream), bare);
const back = await run(program, ['uninject'], injected.out);
row('uninject', back, bare);
console.log(
  back.out.toString() === stream ? 'uninject gives back the stream' : 'uninject does NOT give back the stream',
);
console.log(cost <= 2 ? 'the target of 2 ms CPU a document is met' : 'the target of 2 ms CPU a document is missed');
