import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { describeLimited } from './cgroup.ts';
import { type LimitedSidecar, startLimitedSidecar } from './program.ts';

/** As Prometheus asks, by its versions and settings; and a person. */
const scrapers = [
  { accept: 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5', 'accept-encoding': 'gzip' },
  {
    accept: 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited',
    'accept-encoding': 'gzip',
  },
  { accept: 'text/plain', 'accept-encoding': 'gzip' },
  { accept: 'text/plain', 'accept-encoding': 'identity' },
];

/** Text that does not compress, the same each time. */
function noise(length: number, seed: number): string {
  let state = (seed + 1) * 2654435761;
  let text = '';
  while (text.length < length) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    text += state.toString(36);
  }
  return text.slice(0, length);
}

function lines(count: number, line: (i: number) => string): readonly string[] {
  return Array.from({ length: count }, (_, i) => `${line(i)}\n`);
}

const cases: readonly (readonly [string, () => readonly string[]])[] = [
  [
    '20,000 labels of 1,900 bytes',
    () => lines(20_000, (i) => `http.f${i % 20}:1|c|#url:${noise(1890, i)}${i},code:200`),
  ],
  ['40,000 labels of 1,000 bytes', () => lines(40_000, (i) => `http.f${i % 20}:1|c|#url:${noise(990, i)}${i}`)],
  ['40,000 labels of 500 bytes', () => lines(40_000, (i) => `http.f${i % 20}:1|c|#url:${noise(490, i)}${i}`)],
  [
    '20,000 series of 28 labels of 250 bytes',
    () =>
      lines(20_000, (i) => {
        const value = noise(240, i);
        return `http.f${i % 20}:1|c|#${Array.from({ length: 28 }, (_, j) => `l${j}:${value}${i}`).join()}`;
      }),
  ],
  ['20,000 wide labels', () => lines(20_000, (i) => `http.f${i % 20}:1|c|#url:漢${noise(1800, i)}${i}`)],
  ['20,000 names of 900 bytes', () => lines(20_000, (i) => `n${noise(900, i)}${i}:1|c`)],
  ['50,000 counters', () => lines(50_000, (i) => `app.f${i % 20}.total:1|c|#route:r${i % 100},code:200,user:u${i}`)],
  ['100,000 members of 10,000 sets', () => lines(100_000, (i) => `app.f${i % 20}:m${i}|s|#user:u${i % 10_000}`)],
];

async function send(port: number, all: readonly string[]): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  for (let i = 0; i < all.length; i += 500) {
    if (!socket.write(all.slice(i, i + 500).join(''))) await once(socket, 'drain');
  }
  socket.end();
  await once(socket, 'close');
}

async function scrape(sidecar: LimitedSidecar, headers: Record<string, string>): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${sidecar.web}/metrics`, { headers }).catch(async (cause: unknown) => {
    const how = `${sidecar.ended() ?? 'runs'}, ${sidecar.group.kills()} kills, ${Math.round(await sidecar.peak())} MiB`;
    throw new Error(`${headers['accept']}: ${how}`, { cause });
  });
  expect(response.status).toBe(200);
  return response.text();
}

describeLimited('statsd in a memory cgroup', () => {
  test.for([128, 64].flatMap((mebibytes) => cases.map(([name, made]) => [mebibytes, name, made] as const)))(
    'in %i MiB: %s, scraped meanwhile',
    { timeout: 120_000 },
    async ([mebibytes, , made]) => {
      await using sidecar = await startLimitedSidecar(mebibytes);
      let done = false;
      const scraping = (async () => {
        for (let i = 0; !done; i++) await scrape(sidecar, scrapers[i % scrapers.length]!);
      })();
      await Promise.all([send(sidecar.statsd.tcp, made()).finally(() => (done = true)), scraping]);
      for (const headers of scrapers) await scrape(sidecar, headers);
      const page = await scrape(sidecar, { accept: 'text/plain' });
      const value = (name: string) => Number(new RegExp(`^${name} (.*)$`, 'm').exec(page)?.[1]);
      expect(value('metrics_sidecar_bytes')).toBeLessThanOrEqual(value('metrics_sidecar_bytes_limit'));
      expect(value('metrics_sidecar_series')).toBeGreaterThan(100);
      expect([sidecar.ended(), sidecar.group.kills()]).toEqual([undefined, 0]);
    },
  );

  test('in 128 MiB: 9,000 timers with 600 observations each in a window of some seconds', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'limits-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'mapping.yml');
    // Five sketches each, as in ten minutes of the default.
    await writeFile(file, 'mappings:\n- {match: "app.*.time", name: "time_$1", summary_options: {max_age: 5s}}\n');
    await using sidecar = await startLimitedSidecar(128, { statsd: [`--statsd.mapping-config=${file}`] });
    for (let round = 0; round < 12; round++) {
      await send(
        sidecar.statsd.tcp,
        lines(30 * 9000, (i) => `app.f${i % 20}.time:${(i * 7919 + round) % 10_007}|ms|#user:u${i % 9000}`),
      );
      await scrape(sidecar, scrapers[round % scrapers.length]!);
    }
    const page = await scrape(sidecar, { accept: 'text/plain' });
    expect(page).toMatch(/^statsd_exporter_summaries_shortened_total [1-9]/m);
    expect(page).toMatch(/^statsd_exporter_samples_total 3240000$/m);
    expect([sidecar.ended(), sidecar.group.kills()]).toEqual([undefined, 0]);
  });

  const globs = (count: number, round: number) =>
    lines(count, (i) => `- {match: "svc${i % 100}.*.op${i}", name: "op_${i}_${round}", labels: {who: "$1"}}`).join('');

  test('in 128 MiB: a mapping of 8,000 globs, again and again, and one that is too large, which changes nothing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'limits-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'mapping.yml');
    await writeFile(file, `mappings:\n${globs(8000, 0)}`);
    const shared = ['--web.enable-lifecycle'];
    await using sidecar = await startLimitedSidecar(128, { shared, statsd: [`--statsd.mapping-config=${file}`] });
    const reload = () => fetch(`http://127.0.0.1:${sidecar.web}/-/reload`, { method: 'POST' });
    for (let round = 1; round <= 3; round++) {
      await writeFile(file, `mappings:\n${globs(8000, round)}`);
      expect((await reload()).status).toBe(200);
    }
    await writeFile(file, `mappings:\n${globs(16_000, 4)}`);
    expect((await reload()).status).not.toBe(200);
    await send(sidecar.statsd.tcp, ['svc7.a.op7:1|c\n']);
    expect(await scrape(sidecar, { accept: 'text/plain' })).toMatch(/^op_7_3\{who="a"\} 1$/m);
    expect([sidecar.ended(), sidecar.group.kills()]).toEqual([undefined, 0]);
  });

  test.for([128, 64])('in %i MiB: explanations beside 9,000 timers, twelve at once', async (mebibytes) => {
    await using sidecar = await startLimitedSidecar(mebibytes);
    await send(
      sidecar.statsd.tcp,
      lines(9000, (i) => `app.f${i % 20}.time:${i}|ms|#user:u${i}`),
    );
    const body = JSON.stringify({
      lines: lines(200, (i) => `svc7.a.op${i}:1|ms`).map((line) => line.trim()),
      mapping: `mappings:\n${globs(1500, 0)}`,
    });
    const headers = { 'content-type': 'application/json' };
    const ask = () => fetch(`http://127.0.0.1:${sidecar.web}/debug/explain`, { method: 'POST', headers, body });
    for (let round = 0; round < 3; round++) {
      const answers = await Promise.all(Array.from({ length: 12 }, ask));
      for (const { status } of answers) expect([200, 422, 429, 503]).toContain(status);
      for (const accept of scrapers) await scrape(sidecar, accept);
    }
    expect([sidecar.ended(), sidecar.group.kills()]).toEqual([undefined, 0]);
  });

  test('a page that is full shows that it is', async () => {
    await using sidecar = await startLimitedSidecar(128, { shared: ['--limit.series=300'] });
    await send(
      sidecar.statsd.tcp,
      lines(1000, (i) => `n${i}:1|c`),
    );
    const page = await scrape(sidecar, { accept: 'text/plain' });
    for (const name of ['series', 'series_limit', 'scrape_duration_seconds', 'scrape_bytes', 'bytes', 'bytes_limit']) {
      expect(page).toMatch(new RegExp(`^metrics_sidecar_${name} `, 'm'));
    }
    expect(page).toMatch(/^metrics_sidecar_series 300$/m);
  });
});
