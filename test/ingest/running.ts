import { request } from 'node:http';
import { ingestFlags } from '../../src/contract/ingest.ts';
import type { MetricStore, StoreLimits } from '../../src/exposition/metric/metric-store.ts';
import { createStore } from '../../src/exposition/store.ts';
import { defaults } from '../../src/flags/flag.ts';
import { startIngest } from '../../src/ingest/ingest.ts';
import type { Logger } from '../../src/runtime/logger.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { createScrapePage } from '../../src/scrape/scrape-page.ts';

export const storeLimits: StoreLimits = {
  families: 100,
  series: 1000,
  seriesPerFamily: 500,
  labelsPerSeries: 10,
  labelValueBytes: 200,
};

/** The text page of a store without its own story. */
export function pageOf(store: MetricStore): string {
  return store
    .render('text')
    .toString()
    .split('\n')
    .filter((line) => !/^(# (HELP|TYPE) )?ingest_/.test(line))
    .join('\n');
}

export interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

export interface Running {
  readonly runtime: Runtime;
  readonly store: MetricStore;
  readonly port: number;
  readonly logged: readonly string[];
  readonly clock: { now: number };
  send(method: string, path: string, body?: string | Buffer, headers?: Record<string, string>): Promise<Answer>;
}

/** Starts the runtime on a free port of loopback with a clock that the test moves. */
export async function startRunning(
  settings: Partial<ReturnType<typeof defaults<typeof ingestFlags>>> = {},
): Promise<Running> {
  const clock = { now: 1_700_000_000_000 };
  const now = () => clock.now;
  const store = createStore({ limits: storeLimits, now });
  const logged: string[] = [];
  const say = (message: string) => logged.push(message);
  const log: Logger = { debug: () => {}, info: say, warn: say, error: say };
  const runtimes: Runtime[] = [];
  const page = createScrapePage({ store, runtimes: () => runtimes, log, now });
  const all = { ...defaults(ingestFlags), listenAddress: { host: '127.0.0.1', port: 0 }, ...settings };
  const started = await startIngest(all, { store, log, now, monotonic: now, page: page.handler });
  if (!started.ok) throw new Error(started.problem);
  runtimes.push(started.value);
  const port = Number(started.value.landing()[0]!.rows.find(([name]) => name === 'Port')![1]);
  const send: Running['send'] = (method, path, body, headers = {}) => exchange(port, method, path, body, headers);
  return { runtime: started.value, store, port, logged, clock, send };
}

function exchange(
  port: number,
  method: string,
  path: string,
  body: string | Buffer | undefined,
  headers: Record<string, string>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
