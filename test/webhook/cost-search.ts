// Looks for the pod that costs the webhook most: node test/webhook/cost-search.ts [REVIEWS] [SEED]
//
// Genes of a pod are mutated towards more CPU a byte, and towards more CPU at all; the costliest of each are the
// parents of the next. The exit code says whether one pod took more than 10 ms of CPU or left more than 1 MB behind.
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { webhookFlags } from '../../src/contract/webhook.ts';
import { injectPod, injectService, lintWorkload } from '../../src/inject/inject.ts';
import { bytesPerValue, createAdmission } from '../../src/webhook/admission/admission.ts';
import type { DecisionInputs } from '../../src/webhook/admission/decide.ts';
import { createMetrics } from '../../src/webhook/metrics/webhook-metrics.ts';
import { createPinoLog } from '../../src/webhook/pino-log.ts';
import { type Gene, mostBytes, mutated, type Random, randomGene, reviewOf } from './cost-genes.ts';
import { nowhere } from './nowhere.ts';
import { observed } from './observed.ts';

export interface Costly {
  readonly genes: readonly Gene[];
  readonly kind: number;
  readonly bytes: number;
  /** Garbage collection on the thread included; the least of several runs. */
  readonly milliseconds: number;
}

export interface Searched {
  readonly reviews: number;
  readonly worst: Costly;
  readonly worstPerByte: Costly;
  /** Bytes of heap that stay after the costliest were judged again and again. */
  readonly stays: number;
  /** Milliseconds that `JSON.parse` takes of the densest review that is read: the least that could be done. */
  readonly floor: number;
}

const parents = 24;
const reviewLimit = webhookFlags.reviewLimit.default;
const headBytes = 16 * 1024;

/** A generator of 32 bits (mulberry32): the same seed gives the same pods. */
export function seeded(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The webhook from the bytes of a review to the bytes of its answer, as it runs in a cluster of one namespace. */
function webhook(): (body: Buffer) => void {
  const settings: DecisionInputs['settings'] = {
    defaults: new Map([['metrics-sidecar.io/image', 'registry.example/metrics-sidecar:1.0']]),
    onInvalid: 'allow',
    nativeSidecars: 'auto',
    discovery: 'annotations',
    version: '1.0',
  };
  const facts = (name: string) => ({ namespace: { name, labels: {}, limitRanges: [] }, kubelets: ['v1.35.0'] });
  const admit = createAdmission({
    inputs: () => ({ engine: { injectPod, injectService, lintWorkload }, settings, facts }),
    metrics: createMetrics(observed()),
    // Lines are put together and written as in a cluster, to nowhere.
    log: createPinoLog({ level: 'info', now: () => 0, out: nowhere() }).log,
    notifyOwner: () => {},
    clock: () => performance.now(),
    reviewLimit,
  });
  // The server hands on no more of a larger review than its head.
  return (body) => void admit('mutate', body.length > reviewLimit ? body.subarray(0, headBytes) : body, body.length);
}

/** By the clock: the kernel counts the CPU of a thread that runs in ticks of up to 4 ms. Nothing of it waits. */
function cost(judge: (body: Buffer) => void, body: Buffer): number {
  const before = performance.now();
  judge(body);
  return performance.now() - before;
}

export interface SearchOptions {
  /** Bytes of a review at most: small ones are made, and judged, much faster. */
  readonly most?: number;
  /** Called now and then with the reviews that were made so far. */
  readonly watch?: (done: number, worst: number) => void;
}

export function search(reviews: number, seed: number, { most = mostBytes, watch }: SearchOptions = {}): Searched {
  const random = seeded(seed);
  const judge = webhook();
  const lists: Record<'milliseconds' | 'perByte', Costly[]> = { milliseconds: [], perByte: [] };
  const scores = {
    milliseconds: (one: Costly) => one.milliseconds,
    perByte: (one: Costly) => one.milliseconds / (one.bytes + 4096),
  };
  const enter = (name: keyof typeof lists, one: Costly) => {
    const list = lists[name];
    list.push(one);
    list.sort((a, b) => scores[name](b) - scores[name](a)).splice(parents);
  };

  for (let made = 0; made < reviews; ) {
    const parent = random() < 0.1 ? undefined : any([...lists.milliseconds, ...lists.perByte], random);
    const genes = parent === undefined ? [randomGene(random)] : mutated(parent.genes, random);
    const kind = parent !== undefined && random() < 0.8 ? parent.kind : Math.floor(random() * 16);
    const text = reviewOf(genes, kind, most);
    // Most genes are too large to be a pod at all; that costs this loop nothing worth counting.
    if (text === undefined) continue;
    made += 1;
    const body = Buffer.from(text);
    let milliseconds = cost(judge, body);
    const one = { genes, kind, bytes: body.length, milliseconds };
    const last = (name: keyof typeof lists) => lists[name].at(parents - 1);
    for (const name of ['milliseconds', 'perByte'] as const) {
      const least = last(name);
      if (least !== undefined && scores[name](one) <= scores[name](least)) continue;
      // A collection of what earlier reviews left may have fallen into this one: the least of three is its own.
      milliseconds = Math.min(milliseconds, cost(judge, body), cost(judge, body));
      if (least === undefined || scores[name]({ ...one, milliseconds }) > scores[name](least))
        enter(name, { ...one, milliseconds });
    }
    if (made % Math.ceil(reviews / 20) === 0) watch?.(made, lists.milliseconds[0]?.milliseconds ?? 0);
  }
  const [worst, worstPerByte] = [lists.milliseconds, lists.perByte].map((list) => settled(list, judge));
  return {
    reviews,
    worst: worst!,
    worstPerByte: worstPerByte!,
    stays: stays(judge, lists.milliseconds),
    floor: floor(),
  };
}

/** A review as large as is read, of as many different keys as are read. */
function floor(): number {
  const keys = Math.floor(reviewLimit / bytesPerValue);
  const body = Buffer.from(
    JSON.stringify(Object.fromEntries(Array.from({ length: keys }, (_, i) => [`${i}`.padStart(70, 'k'), '']))),
  );
  return Math.min(...Array.from({ length: 20 }, () => cost((bytes) => JSON.parse(bytes.toString()), body)));
}

/** The costliest, each measured again: the least of twenty runs is what it costs. */
function settled(list: readonly Costly[], judge: (body: Buffer) => void): Costly {
  const again = list.map((one) => {
    const body = Buffer.from(reviewOf(one.genes, one.kind)!);
    return { ...one, milliseconds: Math.min(...Array.from({ length: 20 }, () => cost(judge, body))) };
  });
  return again.sort((a, b) => b.milliseconds - a.milliseconds)[0]!;
}

function stays(judge: (body: Buffer) => void, list: readonly Costly[]): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const bodies = list.map((one) => Buffer.from(reviewOf(one.genes, one.kind)!));
  const round = () => {
    for (const body of bodies) judge(body);
    collect();
    return process.memoryUsage().heapUsed;
  };
  round();
  const before = round();
  return Math.max(...Array.from({ length: 3 }, round)) - before;
}

function any<T>(list: readonly T[], random: Random): T | undefined {
  return list[Math.floor(random() * list.length)];
}

export function described({ genes, kind, bytes, milliseconds }: Costly): string {
  const parts = genes.map(
    ({ site, count, bytes: size, shape, pick }) => `${site}(${count} × ${size} B, shape ${shape}, pick ${pick})`,
  );
  return `${milliseconds.toFixed(2)} ms, ${bytes} bytes, kinds ${kind}: ${parts.join(' + ')}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [reviews = 100_000, seed = Date.now() | 0] = process.argv.slice(2).map(Number);
  console.log(`seed ${seed}`);
  const {
    worst,
    worstPerByte,
    stays: bytes,
    floor: least,
  } = search(reviews, seed, {
    watch: (done, most) => console.log(`${done} reviews, worst ${most.toFixed(2)} ms`),
  });
  console.log(`worst: ${described(worst)}`);
  console.log(`worst a byte: ${described(worstPerByte)}`);
  console.log(`stays: ${bytes} bytes`);
  console.log(`floor: ${least.toFixed(2)} ms, JSON.parse of as many bytes and keys as are read`);
  process.exitCode = worst.milliseconds > 10 || bytes > 2 ** 20 ? 1 : 0;
}
