import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { asGolden } from './golden.ts';
import { cases, chart, goldens, helm, missing, template, valuesOf } from './helm.ts';

// One golden per file of ci/, and one of the notes that Helm prints after an installation with it.
// `UPDATE_GOLDENS=1 npx vitest run --project chart test/chart/golden.test.ts` writes them again.

function matches(file: string, text: string): void {
  const path = join(goldens, file);
  if (process.env.UPDATE_GOLDENS) {
    mkdirSync(goldens, { recursive: true });
    writeFileSync(path, text);
  }
  expect(existsSync(path), `${path} is missing: UPDATE_GOLDENS=1`).toBe(true);
  expect(text).toBe(readFileSync(path, 'utf8'));
}

describe.skipIf(missing).concurrent.each(cases)('%s', (name) => {
  test('renders as its golden, and the same bytes each time', async () => {
    const [first, second] = await Promise.all([
      template('--values', valuesOf(name)),
      template('--values', valuesOf(name)),
    ]);
    expect(first, first.text).toMatchObject({ ok: true });
    expect(second.text).toBe(first.text);
    expect(first.text).not.toMatch(/[ \t]$/m);
    matches(`${name}.yaml`, asGolden(first.text));
  });

  test('says what was installed and what comes next', async () => {
    const { ok, text } = await helm([
      ...[
        'install',
        'metrics-sidecar',
        chart,
        '--namespace',
        'metrics',
        '--dry-run=client',
        '--values',
        valuesOf(name),
      ],
      ...['--output', 'json'],
    ]);
    expect(ok, text).toBe(true);
    const { info } = JSON.parse(text) as { info: { notes: string } };
    expect(info.notes).not.toContain('<no value>');
    expect(info.notes).not.toMatch(/\n{3}/);
    matches(`${name}.notes.txt`, asGolden(`${info.notes}\n`));
  });
});

test('there is no golden without its case', () => {
  const files = readdirSync(goldens).flatMap((file) => /^(.*?)\.(?:yaml|notes\.txt)$/.exec(file)?.[1] ?? []);
  expect([...new Set(files)].sort()).toEqual([...cases].sort());
});
