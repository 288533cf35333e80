import { nodeImage } from './apps.ts';
import { eventually } from './eventually.ts';
import { must } from './kubectl.ts';

/** What came of the requests to one address. */
export interface RequestCounts {
  readonly asked: number;
  readonly answered: number;
  /** Of the answered ones: those that came through HAProxy. */
  readonly proxied: number;
  readonly failed: number;
  /** Each failure once, with its count. */
  readonly failures: Readonly<Record<string, number>>;
}

const perSecond = 25;

/**
 * Asks each address at a steady pace whatever the answers take, each request on a connection of its own. A request has
 * failed where it has no answer of 200 within two seconds. The application says in a header whether HAProxy asked it.
 */
const client = `
const { request, createServer } = require('http');
const counts = {};
for (const [name, url] of Object.entries(JSON.parse(process.env.TARGETS))) {
  const count = counts[name] = { asked: 0, answered: 0, proxied: 0, failed: 0, failures: {} };
  const failed = (why) => { count.failed++; count.failures[why] = (count.failures[why] ?? 0) + 1; };
  const ask = () => {
    count.asked++;
    const asking = request(url, { agent: false, signal: AbortSignal.timeout(2000) }, (answer) => {
      answer.resume();
      answer.on('error', (error) => failed(error.code ?? error.name));
      answer.on('end', () => {
        if (answer.statusCode !== 200) return failed('status ' + answer.statusCode);
        count.answered++;
        if (answer.headers['x-asked-by'] === 'haproxy') count.proxied++;
      });
    });
    asking.on('error', (error) => failed(error.code ?? error.name));
    asking.end();
  };
  setInterval(ask, ${1000 / perSecond});
}
createServer((_, response) => response.end(JSON.stringify(counts))).listen(8080);
process.on('SIGTERM', () => process.exit());`;

/** A pod that asks the addresses, each by a name, until it is deleted. */
export function clientPod(namespace: string, targets: Readonly<Record<string, string>>): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'client', namespace },
    spec: {
      containers: [
        {
          name: 'client',
          image: nodeImage,
          imagePullPolicy: 'IfNotPresent',
          command: ['node', '-e', client],
          env: [{ name: 'TARGETS', value: JSON.stringify(targets) }],
          ports: [{ containerPort: 8080 }],
          readinessProbe: { httpGet: { port: 8080, path: '/' }, periodSeconds: 1 },
        },
      ],
    },
  };
}

export async function requestCounts(namespace: string): Promise<Readonly<Record<string, RequestCounts>>> {
  const { out } = await must(['get', '--raw', `/api/v1/namespaces/${namespace}/pods/client:8080/proxy/`]);
  return JSON.parse(out) as Record<string, RequestCounts>;
}

type Counts = Readonly<Record<string, RequestCounts>>;

/** Waits for `count` more requests to every address; returns the counts then, and what came of those since `before`. */
export async function requestsSince(
  before: Counts,
  namespace: string,
  count: number,
): Promise<{ readonly now: Counts; readonly since: Counts }> {
  const first = await requestCounts(namespace);
  const now = await eventually(async () => {
    const last = await requestCounts(namespace);
    for (const [name, { asked }] of Object.entries(last)) {
      if (asked < first[name]!.asked + count) throw new Error(`${name} was asked ${asked} times`);
    }
    return last;
  });
  const since = Object.entries(now).map(([name, one]) => [name, difference(one, before[name]!)] as const);
  return { now, since: Object.fromEntries(since) };
}

function difference(now: RequestCounts, before: RequestCounts): RequestCounts {
  const failures = Object.entries(now.failures).map(
    ([why, count]) => [why, count - (before.failures[why] ?? 0)] as const,
  );
  return {
    asked: now.asked - before.asked,
    answered: now.answered - before.answered,
    proxied: now.proxied - before.proxied,
    failed: now.failed - before.failed,
    failures: Object.fromEntries(failures.filter(([, count]) => count > 0)),
  };
}
