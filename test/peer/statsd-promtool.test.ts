import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { fuzzLines } from '../statsd/fuzz-run.ts';
import { findProgram } from './program.ts';

const promtool = findProgram('promtool', process.env);
const lines = 400_000;
/** What promtool exits with where it can read a page but does not like its names: they are the senders'. */
const lint = 3;

test.skipIf(promtool === undefined)('promtool reads the pages that lines of all kinds make', async () => {
  const pages: string[] = [];
  const seed = Number(process.env['FC_SEED'] ?? Date.now()) | 0;
  await fuzzLines(lines, seed, { look: (page) => pages.push(page) });
  for (const page of pages) {
    const child = spawn(promtool!, ['check', 'metrics'], { stdio: ['pipe', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.stdin.end(page);
    const [code] = (await once(child, 'close')) as [number | null];
    expect([0, lint], `FC_SEED=${seed} ${said.slice(0, 500)}`).toContain(code);
  }
  expect(pages.length).toBeGreaterThan(10);
});
