import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { statsdFlags } from '../../../src/contract/statsd.ts';
import { parseFlags } from '../../../src/flags/parse-flags.ts';
import type { PageAnswer, PageRequest, RuntimePage } from '../../../src/runtime/runtime.ts';
import { explainLines } from '../../../src/statsd/explain/explain-lines.ts';
import type { Explanation } from '../../../src/statsd/explain/explanation.ts';
import { createPlayground, type Playground } from '../../../src/statsd/playground/playground.ts';
import { type Running, sendUdp, startRuntime } from '../runtime.ts';

const mapping = `mappings:
- match: "orders.*.done"
  name: orders_total
  labels:
    region: "$1"
`;
/** A list whose items take hundreds of megabytes while they are read. */
const heavy = `mappings: [${'a,'.repeat(64_000)}]`;
const json = { 'content-type': 'application/json' };
/** By this clock no explanation takes time, so the queue never rests (see resting-queue.test.ts). */
const now = () => 1_700_000_000_000;

let running: Running;
/** As that of `running`, but a busy machine may take its time for an explanation. */
let patient: Playground;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'playground-'));
  const file = join(folder, 'mapping.yml');
  await writeFile(file, mapping);
  running = await startRuntime([`--statsd.mapping-config=${file}`], {}, now);
  patient = createPlayground({ settings: settings(), mapping: () => ({ file, text: mapping }), now, patience: 60_000 });
});
afterAll(async () => {
  await patient.close();
  await running.runtime.stop();
  await rm(folder, { recursive: true });
});

function settings() {
  const parsed = parseFlags(statsdFlags, []);
  if (!parsed.ok) throw new Error(parsed.problems.join());
  return parsed.settings;
}

async function ask(
  parts: { query?: string; body?: unknown; headers?: PageRequest['headers'] },
  { pages = [] }: { readonly pages?: readonly RuntimePage[] } = patient,
): Promise<PageAnswer> {
  const { query, body, headers = json } = parts;
  const page = pages.find(({ path }) => path === '/debug/explain')!;
  return page.answer({
    method: body === undefined ? 'GET' : 'POST',
    query: new URLSearchParams(query),
    headers: body === undefined ? {} : headers,
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body ?? '')),
  });
}

describe('a page', () => {
  test('begins with the mapping in use, and nothing explained', async () => {
    const { status, type, body } = await ask({}, running.runtime);
    expect([status, type]).toEqual([200, 'html']);
    expect(body).toContain(`\n${mapping.replaceAll('"', '&quot;')}</textarea>`);
    expect(body).toContain(`at first the one in use, ${folder}/mapping.yml`);
    expect(body).not.toContain('<li class="line">');
  });

  test('explains a line of its address with the mapping in use', async () => {
    const { body } = await ask({ query: 'line=orders.eu.done:1|c' });
    expect(body).toContain('orders_total{region=&quot;eu&quot;}');
    expect(body).toContain('data-line="2"');
    expect(body).toContain('\norders.eu.done:1|c</textarea>');
  });

  test('explains what its form sends, with an edited mapping too', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html,*/*;q=0.8' };
    const edited = mapping.replace('orders_total', 'sales_total');
    const body = new URLSearchParams({ lines: 'orders.eu.done:1|c', mapping: edited }).toString();
    const answer = await ask({ body, headers });
    expect(answer.body).toContain('sales_total{region=&quot;eu&quot;}');
    const single = await ask({ body: 'line=orders.eu.done%3A1%7Cc', headers });
    expect(single.body).toContain('orders_total{region=&quot;eu&quot;}');
  });

  test('shows what is wrong, and keeps what was typed', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' };
    const lines = 'a:1|c\n'.repeat(201);
    const { status, body } = await ask({ body: new URLSearchParams({ lines }).toString(), headers });
    expect(status).toBe(400);
    expect(body).toContain('<p class="problem" role="alert">201 lines are too many: 200 at most.</p>');
  });
});

describe('JSON', () => {
  test('is the explanation as it is', async () => {
    const lines = ['orders.eu.done:1|c|#queue:fast', 'carts:x|c', 'no line'];
    const { status, type, body } = await ask({ body: { lines } });
    expect([status, type]).toEqual([200, 'json']);
    expect(JSON.parse(body)).toEqual(
      JSON.parse(JSON.stringify(await explainLines(lines, { settings: settings(), mapping }))),
    );
  });

  test('takes a mapping beside the lines; an empty one is none', async () => {
    const explain = async (text: string) => {
      const { body } = await ask({ body: { lines: 'orders.eu.done:1|c', mapping: text } });
      return JSON.parse(body) as Explanation;
    };
    expect((await explain('')).lines[0]!.samples[0]!.rule).toBeUndefined();
    const wrong = await explain('mappings:\n- match: "a_*"\n  name: x\n');
    expect(wrong.problem).toBeDefined();
    expect(wrong.findings[0]).toMatchObject({ severity: 'error', line: 2, column: 10 });
  });

  test('says what is wrong with a request', async () => {
    expect(await ask({ body: { lines: 7 } })).toMatchObject({ status: 400, type: 'json' });
    const untyped = await ask({ body: 'x', headers: { accept: 'application/json' } });
    expect(untyped).toMatchObject({ status: 415, type: 'json' });
    expect(JSON.parse(untyped.body).error).toContain('application/json');
  });
});

test('counts nothing', async () => {
  const before = await running.page();
  await ask(
    { body: { lines: ['orders.eu.done:1|c', 'no line', 'other:1|g'], mapping: heavy.slice(0, 500) } },
    running.runtime,
  );
  await ask({ query: 'line=orders.eu.done:1|c' }, running.runtime);
  expect(await running.page()).toBe(before);
});

test('receives on while a mapping takes all there is, and gives it up', async () => {
  const own = await startRuntime([], {}, now);
  onTestFinished(() => own.runtime.stop());
  const started = once(process, 'worker') as Promise<[Worker]>;
  let settled = false;
  const answer = ask({ body: { lines: 'a:1|c', mapping: heavy } }, own.runtime).finally(() => (settled = true));
  const [worker] = await started;
  await once(worker, 'online');
  await sendUdp(own.udp, ['orders.eu.done:1|c']);
  await own.reached('statsd_exporter_lines_total', 1);
  expect(settled).toBe(false);
  const { status, body } = await answer;
  expect(status).toBe(422);
  expect(JSON.parse(body).error).toMatch(/more than 5 seconds or 32 MiB/);
  expect(await ask({ query: 'line=orders.eu.done:1|c' }, own.runtime)).toMatchObject({ status: 200 });
});

test('has room for as many regular expressions as a mapping may have', async () => {
  const rules = Array.from(
    { length: 1000 },
    (_, i) => `- {match: '^app${i}\\.([^.]+)\\.(\\w+)\\.requests\\.([a-z]+)_ms$', match_type: regex, name: requests}`,
  );
  const body = { lines: 'app999.a.b.requests.get_ms:1|c', mapping: `mappings:\n${rules.join('\n')}` };
  const answer = await ask({ body });
  expect(answer.status).toBe(200);
  expect(answer.body).toContain('app999');
});

test('lets some wait and sends the others away', async () => {
  const answers = await Promise.all(Array.from({ length: 7 }, () => ask({ body: { lines: 'a:1|c' } })));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429, 429]);
  expect(answers[5]!.headers).toEqual({ 'retry-after': '1' });
});

test('has its script beside it, without markup and without what has to be evaluated', async () => {
  const page = running.runtime.pages!.find(({ path }) => path === '/debug/explain.js')!;
  const { type, body } = await page.answer({
    ...{ method: 'GET', query: new URLSearchParams(), headers: {}, body: Buffer.alloc(0) },
  });
  expect(type).toBe('script');
  expect(() => new Function(body)).not.toThrow();
  expect(body).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write|eval\(|new Function/);
});

test('ends its thread with the runtime', async () => {
  const own = await startRuntime();
  const page = own.runtime.pages!.find(({ path }) => path === '/debug/explain')!;
  const query = new URLSearchParams('line=a:1|c');
  expect(await page.answer({ method: 'GET', query, headers: {}, body: Buffer.alloc(0) })).toMatchObject({
    status: 200,
  });
  await own.runtime.stop();
});

test('explains nothing where the memory is wanted for what is received, and says so', async () => {
  const heap = 16 * 2 ** 20;
  let left = heap;
  const patience = 60_000;
  const options = { settings: settings(), mapping: () => undefined, now, heap, memoryLeft: () => left, patience };
  const playground = createPlayground(options);
  onTestFinished(playground.close);
  const [page] = playground.pages;
  const query = new URLSearchParams('format=json&line=a:1|c');
  const request = { method: 'GET', query, headers: {}, body: Buffer.alloc(0) };
  const refused = await page!.answer(request);
  expect([refused.status, JSON.parse(refused.body).error]).toEqual([503, expect.stringContaining('memory')]);
  left = 4 * heap;
  expect(await page!.answer(request)).toMatchObject({ status: 200 });
});
