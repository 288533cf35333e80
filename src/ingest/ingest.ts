import { readFile } from 'node:fs/promises';
import type { ingestFlags } from '../contract/ingest.ts';
import type { Settings } from '../flags/flag.ts';
import { memoryBudget } from '../memory/budget.ts';
import type { LandingSection, StartRuntime } from '../runtime/runtime.ts';
import { isFirstInPod } from './first-in-pod.ts';
import { startIngestServer } from './ingest-server.ts';
import { createIngest, type Ingest } from './push.ts';
import { createPushRecorder, type PushRecorder } from './push-recorder.ts';

/** ms. Bodies come from the same pod: a client that needs longer is stuck. */
const timeouts = { headers: 5_000, request: 10_000, drain: 2_000, check: 1_000 };

/** Measured: a number, its share of the series and the client, and of the shape of the client's last push. */
const bytesPerValue = 512;

/** Starts the runtime that takes HTTP pushes of many processes and exports them as one application. */
export const startIngest: StartRuntime<Settings<typeof ingestFlags>> = async (settings, context) => {
  const { store, log, now, page, connections, memory = memoryBudget(undefined, false), makeRoom } = context;
  const { listenAddress, allowRemote, bodyLimit, pushLimit, clientTtl, coldStart, clientLimit, valueLimit } = settings;
  const recorder = createPushRecorder(store);
  const ttl = clientTtl === 0 ? Number.POSITIVE_INFINITY : clientTtl;
  const first = isFirstInPod(await readFile('/proc/net/snmp', 'utf8').catch(() => undefined));
  const start = { startedAt: first ? Number.NEGATIVE_INFINITY : now(), coldStart };
  const ingest = createIngest({
    store,
    limits: { ttl, clients: clientLimit, values: valueLimit ?? Math.floor(memory.clients / bytesPerValue) },
    ...start,
  });
  const server = await startIngestServer({
    ...{ address: listenAddress, allowRemote, bodyLimit, pushLimit, timeouts },
    ...{
      ingest,
      recorder,
      page,
      log,
      now,
      makeRoom,
      ...(connections && { connections }),
    },
  });
  if (!server.ok) return server;
  log.info('ingest listens', { host: listenAddress.host, port: server.port });
  return {
    ok: true,
    value: {
      kind: 'ingest',
      collect() {
        recorder.count(ingest.expire(now()));
        recorder.refresh(ingest);
      },
      samples: recorder.samples,
      landing: () => landing(ingest, recorder, server.port),
      drain: () => server.drain(),
      stop: () => server.close(),
    },
  };
};

function landing({ clients, outputs }: Ingest, { outcomes }: PushRecorder, port: number): readonly LandingSection[] {
  const refused = [...outcomes].filter(([reason]) => reason !== '').sort(([, a], [, b]) => b - a);
  return [
    {
      title: 'Ingest',
      rows: [
        ['Port', String(port)],
        ['Clients', String(clients.live.size)],
        ['Families', String(outputs.families.size)],
        ['Series', String(outputs.series.size)],
        ['Pushes taken', String(outcomes.get('') ?? 0)],
        ...refused.map(([reason, count]): [string, string] => [`Pushes refused: ${reason}`, String(count)]),
      ],
    },
  ];
}
