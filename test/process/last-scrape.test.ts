import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { type Program, start } from './program.ts';
import { simulate } from './short-lives.ts';

const minute = '--shutdown.scrape-wait=1m';
const args = (...shared: string[]) => [
  ...['--web.listen-address=127.0.0.1:0', '--shutdown.grace-period=0s', ...shared],
  ...['statsd', '--statsd.listen-udp=', '--statsd.listen-tcp=127.0.0.1:0'],
];

/** Where the page is, and how to count by statsd; counted means that the sidecar has read the lines. */
async function open(program: Program) {
  const { address } = (await program.said('ready')) as { address: { port: number } };
  const { tcp } = (await program.said('statsd listens')) as { tcp: { port: number } };
  const base = `http://127.0.0.1:${address.port}`;
  return {
    scrape: async () => (await fetch(`${base}/metrics`)).text(),
    ready: async () => (await fetch(`${base}/-/ready`)).status,
    count: (samples: number) =>
      new Promise<void>((resolve, reject) => {
        const socket = connect(tcp.port, '127.0.0.1', () => socket.end('orders:1|c\n'.repeat(samples)));
        socket.once('close', () => resolve()).once('error', reject);
        socket.resume();
      }),
  };
}

test('counted after the last scrape, and after SIGTERM: it waits for one scrape, which has all of it', async () => {
  await using program = start(args(minute));
  const { scrape, ready, count } = await open(program);
  await count(1000);
  expect(await scrape()).toMatch(/^orders 1000$/m);
  await count(500);
  program.child.kill('SIGTERM');
  expect(await program.said('waits for a scrape')).toMatchObject({ atMost: 60_000, samplesUnscraped: 500 });
  expect(await ready()).toBe(503);
  await count(7);
  const last = await scrape();
  expect(last).toMatch(/^orders 1507$/m);
  expect(last).toMatch(/^metrics_sidecar_samples_unscraped 507$/m);
  expect(await program.said('stopped')).toMatchObject({ level: 'info', samplesUnscraped: 0 });
  expect(await program.exitCode).toBe(0);
});

test('where nobody ever scraped it ends at once, and says what was lost', async () => {
  await using program = start(args(minute));
  await (await open(program)).count(3);
  program.child.kill('SIGTERM');
  expect(await program.said('stopped')).toMatchObject({ level: 'warn', samplesUnscraped: 3 });
  expect(await program.exitCode).toBe(0);
});

test('a pod that runs to completion waits for its first scrape, if it counted something', async () => {
  await using idle = start(args(minute, '--shutdown.first-scrape'));
  await open(idle);
  expect(await idle.stop()).toBe(0);
  await using program = start(args(minute, '--shutdown.first-scrape', '--web.enable-lifecycle'));
  const { scrape, count } = await open(program);
  await count(3);
  program.child.kill('SIGTERM');
  await program.said('waits for a scrape');
  expect(await scrape()).toMatch(/^orders 3$/m);
  expect(await program.said('stopped')).toMatchObject({ samplesUnscraped: 0 });
  expect(await program.exitCode).toBe(0);
});

test('no scrape in time: it ends, and says what no scrape has seen', async () => {
  await using program = start(args('--shutdown.scrape-wait=50ms'));
  const { scrape, count } = await open(program);
  await scrape();
  await count(2);
  program.child.kill('SIGTERM');
  expect(await program.said('stopped')).toMatchObject({ level: 'warn', samplesUnscraped: 2 });
  expect(await program.exitCode).toBe(0);
});

test('SIGINT, of a person at a terminal, does not wait', async () => {
  await using program = start(args(minute));
  const { scrape, count } = await open(program);
  await scrape();
  await count(2);
  program.child.kill('SIGINT');
  expect(await program.said('stopped')).toMatchObject({ samplesUnscraped: 2 });
  expect(await program.exitCode).toBe(0);
});

test('short lives of real processes: not one sample is lost', { timeout: 120_000 }, async () => {
  const result = await simulate({
    ...{ lives: 24, interval: 1000, shortest: 0, longest: 2000, atATime: 6, wait: 30_000 },
    random: Math.random,
  });
  expect(result.wrong).toEqual([]);
  expect(result.scraped).toBe(result.sent);
});
