import { describe, expect, test } from 'vitest';
import { serviceAnnotations } from '../../src/contract/service-annotations.ts';
import { lintReasons, reasons } from '../../src/inject/outcome/reasons.ts';
import { podAnnotations } from '../../src/kinds/annotations.ts';
import { kindNames } from '../../src/kinds/kind-names.ts';
import { annotationReference } from '../../src/reference/annotations.ts';
import { metricReference as loadMetricReference } from '../../src/reference/metrics.ts';
import { reasonReference } from '../../src/reference/reasons.ts';
import { entriesOf, type Reference } from '../../src/reference/reference.ts';
import { jsonOf, markdownOf, tableOf, wholeOf } from '../../src/reference/render.ts';

const metricReference = await loadMetricReference();

const references: [string, Reference<never>][] = [annotationReference, reasonReference, metricReference].map((one) => [
  one.name,
  one as unknown as Reference<never>,
]);

describe.each(references)('%s', (name, reference) => {
  const entries = entriesOf(reference);

  test('every word finds what it names, with all that is known of it', () => {
    for (const word of reference.words) expect(reference.find(word)).toMatchObject({ how: 'one' });
    const found = reference.words.flatMap((word) => {
      const { how, ...rest } = reference.find(word);
      return how === 'none' ? [] : (rest as { entries: readonly never[] }).entries;
    });
    expect(new Set(found)).toEqual(new Set(entries));
  });

  test('a table has a line for each, in the order of the docs', () => {
    const lines = tableOf(reference).trimEnd().split('\n').slice(1);
    expect(lines.map((line) => line.split('  ')[0])).toEqual(entries.map((entry) => reference.whole(entry).title));
  });

  test('JSON has them all, under the name of the command', () => {
    const told = JSON.parse(jsonOf(reference, '1.2.3')) as Record<string, unknown>;
    expect(told).toEqual({ version: '1.2.3', [name]: JSON.parse(JSON.stringify(entries)) });
  });

  test('Markdown has a heading for each part, and none for one alone', () => {
    const all = markdownOf(reference);
    const headings = all.match(/^## .*/gm) ?? [];
    expect(headings).toEqual(reference.parts.length === 1 ? [] : reference.parts.map(({ title }) => `## ${title}`));
    expect(markdownOf(reference, [entries[0]!])).toMatch(/^\| [^\n]*\n\| ---[^\n]*\n\| [^\n]*\n$/);
  });

  test('all that is known of an entry fits the width, apart from words that do not', () => {
    for (const entry of entries) {
      const lines = wholeOf(reference, [entry], 60).split('\n');
      const long = lines.slice(1).filter(
        (line) =>
          line.length > 60 &&
          line
            .trim()
            .replace(/^.*? {2,}/, '')
            .includes(' '),
      );
      expect(long).toEqual([]);
    }
  });
});

describe('annotations', () => {
  test('are those of the contract', () => {
    const keys = entriesOf(annotationReference).map(({ key }) => key);
    expect(keys).toEqual([...podAnnotations.keys(), ...Object.values(serviceAnnotations).map(({ key }) => key)]);
  });

  test('a setting of several kinds finds each of them', () => {
    expect(annotationReference.find('image')).toMatchObject({
      how: 'one',
      entries: [{ key: 'metrics-sidecar.io/image' }, { key: 'haproxy.metrics-sidecar.io/image' }],
    });
  });

  test('all that is known of one', () => {
    const found = annotationReference.find('statsd.metrics-sidecar.io/udp-port');
    if (found.how === 'none') throw new Error('not found');
    expect(wholeOf(annotationReference, found.entries, 80)).toBe(
      [
        'statsd.metrics-sidecar.io/udp-port',
        '',
        'The UDP port on loopback that takes statsd lines.',
        '',
        "  object   pod (of a workload: its template's metadata)",
        '  value    a port, 1 to 65535',
        '  default  9125',
        "  example  statsd.metrics-sidecar.io/udp-port: '8125'",
        '  flag     --statsd.listen-udp',
        '',
      ].join('\n'),
    );
  });

  test('what the webhook writes is nothing to set', () => {
    expect(annotationReference.find('metrics-sidecar.io/status')).toEqual({ how: 'none' });
    expect(annotationReference.refusal?.('metrics-sidecar.io/status')).toBe(
      'is written by the webhook, nobody sets it',
    );
    expect(annotationReference.refusal?.('metrics-sidecar.io/stat')).toBeUndefined();
  });
});

test('reasons are those of the engine and of lint', () => {
  expect(entriesOf(reasonReference).map(({ code }) => code)).toEqual(Object.keys({ ...reasons, ...lintReasons }));
});

describe('metrics', () => {
  const names = (word: string) => {
    const found = metricReference.find(word);
    return found.how === 'none' ? [] : found.entries.map(({ name }) => name);
  };

  test('every teller has some, all under its prefix', () => {
    const ids = ['sidecar', 'process', ...kindNames, 'webhook'];
    // Those that are not called as their part.
    const prefixes: Readonly<Record<string, string>> = {
      sidecar: 'metrics_sidecar_',
      process: 'metrics_sidecar_',
      statsd: 'statsd_exporter_',
      haproxy: 'haproxy_sidecar_',
      webhook: 'metrics_sidecar_webhook_',
    };
    expect(metricReference.parts.map(({ id }) => id)).toEqual(ids);
    for (const { id, entries } of metricReference.parts) {
      expect(entries.length).toBeGreaterThan(0);
      const prefix = prefixes[id] ?? `${id.replaceAll('-', '_')}_`;
      expect(entries.filter(({ name, help }) => !name.startsWith(prefix) || help === '')).toEqual([]);
    }
  });

  test('labels are told of every metric', () => {
    const rows = (word: string) => {
      const found = metricReference.find(word);
      const entries = found.how === 'none' ? [] : found.entries;
      return {
        columns: metricReference.columns(entries).rows[0]?.[3],
        markdown: metricReference.markdown(entries).rows[0]?.[2],
        whole: metricReference.whole(entries[0]!).facts.find(([name]) => name === 'labels')?.[1],
      };
    };
    expect(rows('ingest_pushes_total')).toEqual({
      columns: 'route,outcome,reason',
      markdown: '`route`, `outcome`, `reason`',
      whole: 'route, outcome, reason',
    });
    expect(rows('statsd_exporter_events_conflict_total')).toMatchObject({ columns: 'type,metric_name' });
    expect(rows('haproxy_sidecar_errors_total')).toMatchObject({ columns: 'reason' });
    expect(rows('metrics_sidecar_process_open_fds')).toEqual({ columns: '', markdown: '', whole: 'none' });
    const told = metricReference.columns(entriesOf(metricReference)).rows.map((row) => row[3]!);
    expect(told.filter((labels) => !/^([a-z_]+(,[a-z_]+)*)?$/.test(labels))).toEqual([]);
  });

  test('no name is told twice', () => {
    expect(new Set(metricReference.words).size).toBe(metricReference.words.length);
  });

  test.each([
    ['ingest_push_', ['ingest_push_duration_seconds', 'ingest_push_size_bytes']],
    ['ingest_push_*_bytes', ['ingest_push_size_bytes']],
    ['INGEST_*_bytes', ['ingest_push_size_bytes']],
    ['*_size_*', ['ingest_push_size_bytes']],
    ['ingest_push_size_bytes_bucket', ['ingest_push_size_bytes']],
    ['push_size', ['ingest_push_size_bytes']],
    ['push_size*', []],
    ['a.b', []],
    ['(', []],
  ])('%s', (word, expected) => expect(names(word)).toEqual(expected));
});
