/**
 * A simulation of pods that live shorter than the scrape interval: each is a real sidecar that counts until the moment
 * it is told to stop, and a scraper asks each of them at its own phase of the interval, as Prometheus does. As a
 * program: node test/process/short-lives.ts [lives] [interval in ms] [longest life in ms] [at a time]
 */
import { createSocket } from 'node:dgram';
import { type Program, start } from './program.ts';

export interface Simulation {
  readonly lives: number;
  /** Milliseconds between two scrapes of a target. */
  readonly interval: number;
  readonly shortest: number;
  readonly longest: number;
  readonly atATime: number;
  /** Flag `--shutdown.scrape-wait`, in milliseconds. */
  readonly wait: number;
  /** From 0 to 1. */
  readonly random: () => number;
}

export interface Result {
  readonly sent: number;
  readonly scraped: number;
  /** Lives whose last scrape had another number than was sent, or that ended otherwise than in order. */
  readonly wrong: readonly string[];
}

/** How an application counts. The counter is called `done` in every life. */
type Count = (samples: number) => Promise<void>;

const kinds = {
  statsd: {
    args: ['statsd', '--statsd.listen-udp=127.0.0.1:0', '--statsd.listen-tcp='],
    async count(program: Program): Promise<Count> {
      const { udp } = (await program.said('statsd listens')) as { udp: { port: number } };
      return async (samples) => {
        const socket = createSocket('udp4');
        for (let i = 0; i < samples; i++)
          await new Promise<void>((resolve) => socket.send('done:1|c', udp.port, '127.0.0.1', () => resolve()));
        socket.close();
      };
    },
  },
  ingest: {
    args: ['ingest', '--ingest.listen-address=127.0.0.1:0', '--ingest.cold-start=0s'],
    async count(program: Program): Promise<Count> {
      const { port } = await program.said('ingest listens');
      let value = 0;
      return async (samples) => {
        value += samples;
        const rows = [{ name: 'done', type: 'counter', help: '', values: [{ name: 'done', labels: {}, value }] }];
        const headers = { 'content-type': 'application/json', 'x-ingest-client': 'app' };
        const answer = await fetch(`http://127.0.0.1:${port}/v1/ingest`, {
          method: 'POST',
          headers,
          body: JSON.stringify(rows),
        });
        if (!answer.ok) throw new Error(await answer.text());
      };
    },
  },
};

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** Scrapes a target at its phase of the interval until it has ended; the value of the last scrape that came whole. */
function scraping(base: string, { interval, random }: Simulation): { end(): Promise<number> } {
  let value = 0;
  let last = Promise.resolve();
  const scrape = () => {
    last = fetch(`${base}/metrics`)
      .then((answer) => answer.text(), String)
      .then((page) => {
        value = Math.max(value, Number(/^done (\d+)$/m.exec(page)?.[1] ?? 0));
      });
  };
  let every: NodeJS.Timeout | undefined;
  const first = setTimeout(() => {
    scrape();
    every = setInterval(scrape, interval);
  }, random() * interval);
  return {
    async end() {
      clearTimeout(first);
      clearInterval(every);
      await last;
      return value;
    },
  };
}

async function live(kind: keyof typeof kinds, simulation: Simulation) {
  const { shortest, longest, wait, random } = simulation;
  const shared = ['--web.listen-address=127.0.0.1:0', '--shutdown.grace-period=0s', '--shutdown.first-scrape'];
  await using program = start([...shared, `--shutdown.scrape-wait=${wait}ms`, ...kinds[kind].args]);
  const count = await kinds[kind].count(program);
  const { address } = (await program.said('ready')) as { address: { port: number } };
  const scraper = scraping(`http://127.0.0.1:${address.port}`, simulation);
  let sent = 0;
  const say = async (samples: number) => {
    await count(samples);
    sent += samples;
  };
  await say(1 + Math.floor(random() * 50));
  await pause(shortest + random() * (longest - shortest));
  await say(1 + Math.floor(random() * 50));
  program.child.kill('SIGTERM');
  const stopped = await program.said('stopped');
  const code = await program.exitCode;
  return { kind, sent, scraped: await scraper.end(), code, unscraped: stopped.samplesUnscraped };
}

export async function simulate(simulation: Simulation): Promise<Result> {
  const ended: Awaited<ReturnType<typeof live>>[] = [];
  let begun = 0;
  const worker = async () => {
    while (begun < simulation.lives) ended.push(await live(begun++ % 2 === 0 ? 'statsd' : 'ingest', simulation));
  };
  await Promise.all(Array.from({ length: simulation.atATime }, worker));
  const sum = (key: 'sent' | 'scraped') => ended.reduce((total, one) => total + one[key], 0);
  const wrong = ended.filter(({ sent, scraped, code, unscraped }) => sent !== scraped || code !== 0 || unscraped !== 0);
  return { sent: sum('sent'), scraped: sum('scraped'), wrong: wrong.map((one) => JSON.stringify(one)) };
}

if (import.meta.main) {
  const [lives = 1000, interval = 15_000, longest = 60_000, atATime = 100] = process.argv.slice(2).map(Number);
  const wait = (interval * 4) / 3;
  console.log(await simulate({ lives, interval, shortest: 1000, longest, atATime, wait, random: Math.random }));
}
