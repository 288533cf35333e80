import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import StatsD, { type ClientOptions } from 'hot-shots';
import StatsDClient from 'statsd-client';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { start } from './program.ts';

type HotShots = InstanceType<typeof StatsD>;

const unixgramHere =
  spawnSync(process.execPath, ['-e', 'require("unix-dgram")'], { cwd: import.meta.dirname }).status === 0;

/** Where a sidecar takes lines, and what has come of them. */
interface Sidecar {
  readonly udp: number;
  readonly tcp: number;
  readonly unixgram: string;
  readonly unix: string;
  /**
   * When so many lines have come: what they made, and what the own metrics say of samples and refusals, where it is not
   * zero.
   */
  answer(lines: number): Promise<Answer>;
}

interface Answer {
  readonly series: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
}

const countPattern =
  /^statsd_exporter_((?:samples|tags|tag_errors|sample_errors|events_error|events_conflict|dogstatsd_messages)_total\S*)/;
/** How long something took; how often it was measured is known. */
const measured = /^(app|shop)_\w*timer(_sum|\{.*quantile)/;
const own = /^(#|statsd_exporter_|metrics_sidecar_)/;

async function startSidecar(...flags: readonly string[]): Promise<Sidecar & AsyncDisposable> {
  const folder = mkdtempSync(join(tmpdir(), 'statsd-clients-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [unixgram, unix] = [join(folder, 'dsd.socket'), join(folder, 'statsd.sock')];
  const program = start([
    ...[
      '--web.listen-address=127.0.0.1:0',
      '--shutdown.grace-period=0s',
      '--shutdown.scrape-wait=0s',
      'statsd',
      '--statsd.expose-events',
    ],
    ...['--statsd.listen-udp=127.0.0.1:0', '--statsd.listen-tcp=127.0.0.1:0', `--statsd.listen-unix=${unix}`],
    '--statsd.summary-quantiles=0.5',
    ...(unixgramHere ? [`--statsd.listen-unixgram=${unixgram}`] : []),
    ...flags,
  ]);
  const bound = (await program.said('statsd listens')) as Record<'udp' | 'tcp', { port: number }>;
  const { address } = (await program.said('ready')) as { address: { port: number } };
  const rows = async () => {
    const page = await (await fetch(`http://127.0.0.1:${address.port}/metrics`)).text();
    return page.split('\n').filter((row) => row !== '');
  };
  return {
    ...{ udp: bound.udp.port, tcp: bound.tcp.port, unixgram, unix },
    async answer(lines) {
      await expect.poll(rows, { timeout: 60_000 }).toContain(`statsd_exporter_lines_accepted_total ${lines}`);
      const page = await rows();
      const counts = page.flatMap((row) => {
        const [, name] = countPattern.exec(row) ?? [];
        const value = Number(row.slice(row.lastIndexOf(' ')));
        return name === undefined || value === 0 ? [] : [[name, value] as const];
      });
      return {
        series: page.filter((row) => !own.test(row) && !measured.test(row)),
        counts: Object.fromEntries(counts),
      };
    },
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

const close = (client: HotShots) =>
  new Promise<void>((resolve, reject) => client.close((error) => (error ? reject(error) : resolve())));

/** Everything that hot-shots can say of metrics, events and service checks, without sampling. */
async function sayAll(client: HotShots): Promise<void> {
  client.increment('requests');
  client.increment('requests', 3);
  client.increment('requests', 2, { route: '/a', method: 'GET' });
  client.increment(['one', 'other'], 4, ['list:yes']);
  client.decrement('falling');
  client.gauge('depth', 7.5);
  client.gaugeDelta('depth', -2);
  client.gaugeDelta('depth', 3.25);
  client.timing('latency', 250);
  client.timing('date_timer', new Date());
  client.histogram('size', 0.5, { unit: 'kb' });
  client.distribution('cost', 3, ['currency:eur']);
  client.set('users', 'anna');
  client.set('users', 'bob');
  client.unique('users', 'anna');
  client.gauge('late', 3, { timestamp: 1_700_000_000, tags: { a: 'b' } });
  client.timer(() => 0, 'sync_timer')();
  await client.asyncTimer(async () => 0, 'async_timer')();
  await client.asyncDistTimer(async () => 0, 'dist_timer')();
  client.childClient({ prefix: 'child.', globalTags: { layer: 'db' } }).increment('queries', 1);
  client.event('deployed', 'one | two\nthree', { alert_type: 'warning', hostname: 'h1', priority: 'low' }, ['a:b']);
  client.event('restarted');
  client.check('db.up', client.CHECKS.CRITICAL, { hostname: 'web', message: 'no | answer' }, { role: 'db' });
  client.check('db.up', client.CHECKS.OK, { hostname: 'web', message: 'fine' }, { role: 'db' });
}

const all = {
  series: [
    'app_async_timer_count{env="test"} 1',
    'app_cost{currency="eur",env="test",quantile="0.5"} 3',
    'app_cost_sum{currency="eur",env="test"} 3',
    'app_cost_count{currency="eur",env="test"} 1',
    'app_date_timer_count{env="test"} 1',
    'app_depth{env="test"} 8.75',
    'app_dist_timer_count{env="test"} 1',
    'app_late{a="b",env="test"} 3',
    'app_latency{env="test",quantile="0.5"} 0.25',
    'app_latency_sum{env="test"} 0.25',
    'app_latency_count{env="test"} 1',
    'app_one{env="test",list="yes"} 4',
    'app_other{env="test",list="yes"} 4',
    'app_requests{env="test"} 4',
    'app_requests{env="test",method="GET",route="/a"} 2',
    'app_size{env="test",unit="kb",quantile="0.5"} 0.5',
    'app_size_sum{env="test",unit="kb"} 0.5',
    'app_size_count{env="test",unit="kb"} 1',
    'app_sync_timer_count{env="test"} 1',
    'app_users{env="test"} 2',
    'child_app_queries{env="test",layer="db"} 1',
    'dogstatsd_events_total{alert_type="info"} 1',
    'dogstatsd_events_total{alert_type="warning"} 1',
    'dogstatsd_service_check_status{check="app.db.up",env="test",hostname="web",role="db"} 0',
  ],
  counts: {
    'dogstatsd_messages_total{kind="event"}': 2,
    'dogstatsd_messages_total{kind="service_check"}': 2,
    // What `decrement` says, a counter cannot do; statsd_exporter refuses it too.
    'events_error_total{reason="illegal_negative_counter"}': 1,
    samples_total: 21,
    tags_total: 21,
  },
};
/** Counters are added up and sets are told their members once before they are sent. */
const aggregated = { ...all, counts: { ...all.counts, samples_total: 19, tags_total: 19 } };

/** Writes what DogStatsD's `unixstream://` has, which hot-shots does not: the length of each packet before it. */
function framedTo(socket: Socket): Transform {
  const frames = new Transform({
    transform(packet: Buffer, _encoding, done) {
      const head = Buffer.alloc(4);
      head.writeUInt32LE(packet.length);
      done(null, Buffer.concat([head, packet]));
    },
  });
  frames.pipe(socket);
  return frames;
}

type Way = readonly [what: string, options: (to: Sidecar) => ClientOptions, answer: Answer];
const ways: readonly Way[] = [
  ['UDP, a datagram each', ({ udp }) => ({ port: udp }), all],
  ['UDP, packed', ({ udp }) => ({ port: udp, maxBufferSize: 400 }), all],
  ['UDP, added up by the client', ({ udp }) => ({ port: udp, aggregation: true }), aggregated],
  ['TCP', ({ tcp }) => ({ port: tcp, protocol: 'tcp' }), all],
  ['TCP, packed', ({ tcp }) => ({ port: tcp, protocol: 'tcp', maxBufferSize: 400 }), all],
  ['a Unix stream socket', ({ unix }) => ({ protocol: 'stream', stream: connect(unix) }), all],
  [
    'a Unix stream socket, packed, each packet with its length before it',
    ({ unix }) => ({ protocol: 'stream', stream: framedTo(connect(unix)), maxBufferSize: 400 }),
    all,
  ],
  ...(unixgramHere
    ? [['a Unix datagram socket', ({ unixgram }: Sidecar) => ({ protocol: 'uds', path: unixgram }), all] satisfies Way]
    : []),
];

if (!unixgramHere)
  console.warn('\n*** no unix-dgram for this Node: "npm run unix-dgram"; hot-shots did not use it ***\n');

describe('hot-shots, the DogStatsD client', () => {
  const failed = vi.fn<(error: Error) => void>();
  afterEach(() => {
    vi.restoreAllMocks();
    expect(failed.mock.calls).toEqual([]);
  });
  const connected = (options: ClientOptions) =>
    new StatsD({ host: '127.0.0.1', prefix: 'app.', globalTags: { env: 'test' }, errorHandler: failed, ...options });

  test.each(ways)('%s', async (_, options, expected) => {
    await using sidecar = await startSidecar();
    const client = connected(options(sidecar));
    await sayAll(client);
    await close(client);
    expect(await sidecar.answer(expected.counts.samples_total! + 4)).toEqual(expected);
  });

  test('what is sampled counts as often as it stands for', async () => {
    await using sidecar = await startSidecar();
    // It sends what falls below the rate.
    vi.spyOn(Math, 'random').mockReturnValue(0.1);
    const client = connected({ port: sidecar.udp, sampleRate: 0.5 });
    client.increment('requests');
    client.increment('requests', 2, 0.25);
    client.gauge('depth', 3, 0.25);
    client.timing('latency', 250, 0.2);
    client.histogram('size', 2, { sampleRate: 1 });
    client.increment('requests', 1, 0.05);
    await close(client);
    expect(await sidecar.answer(5)).toEqual({
      series: [
        'app_depth{env="test"} 3',
        'app_latency{env="test",quantile="0.5"} 0.25',
        'app_latency_sum{env="test"} 1.25',
        'app_latency_count{env="test"} 5',
        'app_requests{env="test"} 10',
        'app_size{env="test",quantile="0.5"} 2',
        'app_size_sum{env="test"} 2',
        'app_size_count{env="test"} 1',
      ],
      counts: { samples_total: 5, tags_total: 5 },
    });
  });

  test('container id and cardinality of DogStatsD 1.6, and tags without a value', async () => {
    await using sidecar = await startSidecar('--statsd.valueless-tags');
    const dogstatsd = {
      datadog: true,
      includeDatadogTelemetry: false,
      containerID: 'abc',
      cardinality: 'low',
    } as const;
    const client = connected({ port: sidecar.udp, ...dogstatsd });
    client.increment('requests', 1, ['canary', 'of:client']);
    client.event('deployed', 'done', {}, ['canary']);
    client.check('db.up', client.CHECKS.WARNING, { message: 'slow' });
    await close(client);
    expect(await sidecar.answer(3)).toEqual({
      series: [
        'app_requests{canary="true",container_id="abc",env="test",of="client"} 1',
        'dogstatsd_events_total{alert_type="info"} 1',
        'dogstatsd_service_check_status{check="app.db.up",env="test"} 1',
      ],
      counts: {
        'dogstatsd_messages_total{kind="event"}': 1,
        'dogstatsd_messages_total{kind="service_check"}': 1,
        samples_total: 1,
        tags_total: 1,
      },
    });
  });

  test('its telemetry of itself', async () => {
    await using sidecar = await startSidecar();
    const client = connected({ port: sidecar.udp, includeDatadogTelemetry: true, telemetryFlushInterval: 20 });
    for (let i = 0; i < 3; i++) client.increment('requests');
    client.gauge('depth', 1);
    const { series, counts } = await sidecar.answer(4 + 5);
    await close(client);
    expect(series.slice(0, 2)).toEqual(['app_depth{env="test"} 1', 'app_requests{env="test"} 3']);
    expect(series.filter((row) => row.startsWith('datadog_dogstatsd_client_metrics{'))).toEqual([
      expect.stringMatching(/\{client="nodejs",client_transport="udp",client_version="[\d.]+"\} 4$/),
    ]);
    expect(Object.keys(counts)).toEqual(['samples_total', 'tags_total']);
  });
});

describe('statsd-client, a client of plain statsd', () => {
  test.each(['UDP', 'TCP'])('%s', async (transport) => {
    await using sidecar = await startSidecar();
    const tcp = transport === 'TCP';
    const to = { host: '127.0.0.1', port: tcp ? sidecar.tcp : sidecar.udp, tcp, socketTimeout: 20 };
    const client = new StatsDClient({ ...to, prefix: 'shop', tags: { env: 'test' } });
    const bare = new StatsDClient(to);
    client.increment('requests').increment('requests', 3).counter('requests', 4, { route: '/a' });
    client.decrement('falling');
    client.gauge('depth', 7.5).gaugeDelta('depth', -2).gaugeDelta('depth', 3.25);
    client.set('users', 'anna').set('users', 7).set('users', 'anna');
    client.timing('latency', 250).timing('date_timer', new Date());
    client.histogram('size', 2).distribution('cost', 3);
    client.getChildClient('db').increment('queries');
    bare.increment('app_bare').raw('app_raw:2|c|@0.5');
    const answer = await sidecar.answer(17);
    client.close();
    bare.close();
    expect(answer).toEqual({
      series: [
        'app_bare 1',
        'app_raw 4',
        'shop_cost{env="test",quantile="0.5"} 3',
        'shop_cost_sum{env="test"} 3',
        'shop_cost_count{env="test"} 1',
        'shop_date_timer_count{env="test"} 1',
        'shop_db_queries{env="test"} 1',
        'shop_depth{env="test"} 8.75',
        'shop_latency{env="test",quantile="0.5"} 0.25',
        'shop_latency_sum{env="test"} 0.25',
        'shop_latency_count{env="test"} 1',
        'shop_requests{env="test"} 4',
        'shop_requests{env="test",route="/a"} 4',
        'shop_size{env="test",quantile="0.5"} 2',
        'shop_size_sum{env="test"} 2',
        'shop_size_count{env="test"} 1',
        'shop_users{env="test"} 2',
      ],
      counts: {
        'events_error_total{reason="illegal_negative_counter"}': 1,
        samples_total: 17,
        tags_total: 15,
      },
    });
  });
});
