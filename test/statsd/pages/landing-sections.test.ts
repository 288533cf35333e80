import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sendUdp, startRuntime } from '../runtime.ts';

test('the landing page leads to the playground, whatever is loaded', async () => {
  const { runtime } = await startRuntime();
  onTestFinished(() => runtime.stop());
  const [first] = runtime.landing();
  expect(first).toMatchObject({ title: 'statsd', form: { path: '/debug/explain', field: 'line' } });
  const paths = runtime.pages!.map(({ path }) => path);
  for (const { path } of first!.links!) expect(paths).toContain(path);
  expect(runtime.landing()).toHaveLength(1);
});

test('the landing page shows the rules and names most in use, and a line of each refusal', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'landing-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const rules = Array.from({ length: 7 }, (_, i) => `- match: "r${i}.*"\n  name: r${i}\n`).join('');
  await writeFile(join(folder, 'm.yml'), `mappings:\n${rules}`);
  const { runtime, udp, reached } = await startRuntime([`--statsd.mapping-config=${folder}/m.yml`]);
  onTestFinished(() => runtime.stop());
  const used = Array.from({ length: 6 }, (_, i) => `r${i}.x:1|c\n`.repeat(i + 1)).join('');
  await sendUdp(udp, [`${used}new:1|c\nnew:1|c\nbad <line>`]);
  await reached('statsd_exporter_lines_total', 24);
  const rows = Object.fromEntries(runtime.landing().map((section) => [section.title, section.rows]));
  expect(rows['statsd: rules used most']).toEqual([
    ['line 12: r5.*', '6'],
    ['line 10: r4.*', '5'],
    ['line 8: r3.*', '4'],
    ['line 6: r2.*', '3'],
    ['line 4: r1.*', '2'],
  ]);
  expect(rows['statsd: names without a rule']).toEqual([['new', '2']]);
  expect(rows['statsd: lines refused last']).toEqual([['malformed_line', 'bad <line>']]);
  const page = runtime.pages!.find(({ path }) => path === '/debug/mappings')!;
  const query = new URLSearchParams('format=json');
  const { body } = await page.answer({ method: 'GET', query, headers: {}, body: Buffer.alloc(0) });
  expect(JSON.parse(body)).toMatchObject({
    file: `${folder}/m.yml`,
    unmapped: [{ name: 'new', count: 2 }],
    rejects: [{ reason: 'malformed_line', count: 1, sample: 'bad <line>' }],
  });
});
