import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { disagreements } from '../../scripts/version.ts';
import { named, places, section, semver, versionsAt, withSection, withVersion } from '../../scripts/version-places.ts';
import { version } from '../../src/runtime/version.ts';

const read = (file: string) => readFileSync(join(import.meta.dirname, '../..', file), 'utf8');

test('the version is the same everywhere', async () => {
  expect(JSON.parse(read('package.json'))).toMatchObject({ version });
  expect(await disagreements(version)).toEqual([]);
});

test('the lock says it for itself and for the package', () => {
  const lock = JSON.parse(read('package-lock.json')) as { version: string; packages: Record<string, object> };
  expect(lock.version).toBe(version);
  expect(lock.packages['']).toMatchObject({ version });
  expect(versionsAt(read('package-lock.json'), places[1]!.pattern)).toEqual([version, version]);
});

test('chart and program have one version', () => {
  const chart = places.find(({ file }) => file.endsWith('Chart.yaml'))!;
  expect(versionsAt(read(chart.file), chart.pattern)).toEqual([version, version]);
});

test('the changelog tells of it, above every other', () => {
  const changelog = read('CHANGELOG.md');
  expect(section(changelog, version)).toMatchObject({
    date: expect.stringMatching(/^(unreleased|\d{4}-\d\d-\d\d)$/),
    text: expect.stringMatching(/./),
  });
  expect(/^## (\S+)/m.exec(changelog)![1]).toBe(version);
});

describe('setting it', () => {
  test.each(places.map(({ file, pattern }) => [file, pattern] as const))(
    'in %s changes nothing else',
    (file, pattern) => {
      const text = read(file);
      const next = withVersion(text, pattern, '12.34.56-rc.1');
      expect(new Set(versionsAt(next, pattern))).toEqual(new Set(['12.34.56-rc.1']));
      expect(withVersion(next, pattern, version)).toBe(text);
    },
  );

  test.each([
    ['registry.example/metrics-sidecar:1.2.3', ['1.2.3']],
    ['helm install --version 1.2.3 x', ['1.2.3']],
    ['oci://ghcr.io/x/metrics-sidecar --version=1.2.3-rc.1', ['1.2.3-rc.1']],
    ['release.yml@refs/tags/v1.2.3', ['1.2.3']],
    ['haproxy:3.0 and statsd_exporter 0.30.0, metrics-sidecar:1.2.3.4', []],
  ])('in a page: %s', (text, versions) => expect(versionsAt(text, named)).toEqual(versions));

  test('gives the changelog a section once', () => {
    const before = '# Changelog\n\nWords.\n\n## 0.1.0 (2026-11-21)\n\n- A.\n';
    const after = withSection(before, '0.2.0');
    expect(after).toBe('# Changelog\n\nWords.\n\n## 0.2.0 (unreleased)\n\n- \n\n## 0.1.0 (2026-11-21)\n\n- A.\n');
    expect(withSection(after, '0.2.0')).toBe(after);
    expect(section(after, '0.1.0')).toEqual({ date: '2026-11-21', text: '- A.' });
    expect(section(after, '0.3.0')).toBeUndefined();
  });

  test.each([
    ['1.2.3', true],
    ['1.2.3-rc.1', true],
    ['v1.2.3', false],
    ['1.2', false],
    ['1.2.3+build', false],
  ])('%s is a version: %s', (text, yes) => expect(semver.test(text)).toBe(yes));
});
