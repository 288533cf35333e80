/**
 * The main job in one command, without a cluster: a real webhook injects a real pod, the container that it added runs
 * here, takes statsd lines and a push, and serves them to a scrape. Leaves nothing running.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { styleText } from 'node:util';
import { createTwoFilesPatch } from 'diff';
import jsonPatch from 'fast-json-patch';
import { dump, loadAll } from 'js-yaml';
import { issueCertificates } from './certificates.ts';

const root = join(import.meta.dirname, '..');
const certs = join(root, 'webhook-certs');
const example = 'examples/statsd-app.yaml';
const running: ChildProcess[] = [];

try {
  await quickstart();
} catch (error) {
  console.error(styleText('red', `quickstart: ${(error as Error).message}`));
  process.exitCode = 1;
} finally {
  await Promise.all(running.map(stop));
}

async function quickstart(): Promise<void> {
  say('Building the program (npm run build)');
  await script('scripts/build.ts');

  say('Issuing a certificate for 127.0.0.1 into webhook-certs/');
  await issueCertificates({ folder: certs, names: ['127.0.0.1', 'localhost'] });

  say('Starting the webhook on loopback');
  const webhook = program(
    [
      'webhook',
      '--listen-address=127.0.0.1:0',
      '--web.listen-address=127.0.0.1:0',
      '--shutdown.grace-period=0s',
    ].concat(`--tls-cert-file=${join(certs, 'tls.crt')}`, `--tls-key-file=${join(certs, 'tls.key')}`),
  );
  const { tls } = (await line(webhook, 'listening')) as { tls: { host: string; port: number } };

  say(`Sending the pod of ${example} through the webhook as an AdmissionReview`);
  const pod = await podOf(example);
  const injected = await admit(`${tls.host}:${tls.port}`, pod);

  say('What the webhook changed:');
  console.log(difference(pod, injected));

  const { args } = sidecarOf(injected);
  say(`Starting the container that was added: metrics-sidecar ${args.join(' ')}`);
  const sidecar = program(args);
  await line(sidecar, 'ready');

  say('Sending statsd lines over UDP: orders.done twice, orders.time, and pushing jobs_done_total from two workers');
  const env = environmentOf(injected);
  await sendStatsd(env.STATSD_HOST!, Number(env.STATSD_PORT), [
    'orders.done:1|c|#queue:eu',
    'orders.done:1|c|#queue:eu',
    'orders.time:250|ms',
  ]);
  for (const worker of ['a', 'b']) await push(env.METRICS_SIDECAR_INGEST_URL!, worker);

  say('Scraping the page as Prometheus would');
  const port = injected.metadata.annotations!['prometheus.io/port']!;
  console.log(styleText('green', await scrape(Number(port), ['orders_done', 'orders_time_count', 'jobs_done_total'])));
  say('Done: one annotation, one endpoint. Nothing is left running.');
}

interface Pod {
  metadata: { annotations?: Record<string, string>; [key: string]: unknown };
  spec: { containers: Container[]; initContainers?: Container[]; [key: string]: unknown };
  [key: string]: unknown;
}

interface Container {
  name: string;
  args?: string[];
  env?: { name: string; value?: string }[];
}

function say(sentence: string): void {
  console.log(styleText(['bold', 'cyan'], `▸ ${sentence}`));
}

function script(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    spawn(process.execPath, [join(root, path)], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
      .once('error', reject)
      .once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${path} ended with ${code}`))));
  });
}

function program(args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [join(root, 'dist/main.js'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  return child;
}

/** Waits for the JSON log line with this message. A process that ends before prints the reason on standard error. */
async function line(child: ChildProcess, message: string): Promise<Record<string, unknown>> {
  for await (const text of createInterface({ input: child.stdout! })) {
    const fields = JSON.parse(text) as Record<string, unknown>;
    if (fields.message === message) {
      child.stdout!.resume();
      return fields;
    }
  }
  throw new Error(`"${child.spawnargs.slice(2).join(' ')}" ended before it was ready`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  // Not SIGTERM: a sidecar would wait for one more scrape.
  child.kill('SIGINT');
  await once(child, 'exit');
}

/** The pod that the controllers would make of the example's Deployment. */
async function podOf(path: string): Promise<Pod> {
  const documents = loadAll(await readFile(join(root, path), 'utf8')) as { kind: string; spec: { template: Pod } }[];
  const { template } = documents.find(({ kind }) => kind === 'Deployment')!.spec;
  const { metadata, spec } = template;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: 'example-', namespace: 'default', ...metadata },
    spec,
  };
}

async function admit(address: string, pod: Pod): Promise<Pod> {
  const review = {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: crypto.randomUUID(),
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      operation: 'CREATE',
      namespace: 'default',
      object: pod,
    },
  };
  const ca = await readFile(join(certs, 'ca.crt'), 'utf8');
  const { response } = JSON.parse(await post(`https://${address}/mutate`, ca, JSON.stringify(review))) as {
    response: { allowed: boolean; patch?: string; warnings?: string[] };
  };
  for (const warning of response.warnings ?? []) console.log(styleText('yellow', `Warning: ${warning}`));
  if (response.patch === undefined) throw new Error('the webhook did not inject the pod');
  const patch = JSON.parse(Buffer.from(response.patch, 'base64').toString()) as never;
  return jsonPatch.applyPatch(structuredClone(pod), patch, true).newDocument;
}

function post(url: string, ca: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', ca, headers: { 'content-type': 'application/json' } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.once('end', () =>
        answer.statusCode === 200 ? resolve(text) : reject(new Error(`${answer.statusCode}: ${text}`)),
      );
    });
    call.once('error', reject).end(body);
  });
}

function difference(before: Pod, after: Pod): string {
  const yaml = (pod: Pod) => dump(pod, { lineWidth: 120 });
  const patch = createTwoFilesPatch('the pod as applied', 'the pod as injected', yaml(before), yaml(after), '', '', {
    context: 2,
  });
  const colour = (text: string) =>
    text.startsWith('+') ? styleText('green', text) : text.startsWith('-') ? styleText('red', text) : text;
  return patch.split('\n').slice(1).map(colour).join('\n');
}

function sidecarOf({ spec }: Pod): { args: string[] } {
  const container = [...(spec.initContainers ?? []), ...spec.containers].find(({ name }) => name === 'metrics-sidecar');
  return { args: container!.args ?? [] };
}

function environmentOf({ spec }: Pod): Record<string, string | undefined> {
  return Object.fromEntries((spec.containers[0]!.env ?? []).map(({ name, value }) => [name, value]));
}

async function sendStatsd(host: string, port: number, lines: readonly string[]): Promise<void> {
  const socket = createSocket('udp4');
  for (const text of lines) {
    await new Promise<void>((resolve, reject) => {
      socket.send(text, port, host, (error) => (error ? reject(error) : resolve()));
    });
  }
  socket.close();
}

async function push(url: string, worker: string): Promise<void> {
  const labels = { _id: worker, kind: 'mail' };
  const family = {
    name: 'jobs_done_total',
    type: 'counter',
    help: 'Jobs done.',
    values: [{ name: 'jobs_done_total', labels, value: 4 }],
  };
  const answer = await fetch(url, {
    method: 'POST',
    // A worker sends its start time, so that the sidecar counts it from 0.
    headers: { 'content-type': 'application/json', 'x-ingest-start': String(Date.now() / 1000) },
    body: JSON.stringify([family]),
  });
  if (!answer.ok) throw new Error(`the push was answered ${answer.status}: ${await answer.text()}`);
}

/** The samples of the named families, asked for until all are there: a datagram is counted when it was read. */
async function scrape(port: number, names: readonly string[]): Promise<string> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const lines = text.split('\n').filter((sample) => names.some((name) => sample.startsWith(name)));
    if (lines.length >= names.length) return lines.join('\n');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the page never showed ${names.join(', ')}`);
}
