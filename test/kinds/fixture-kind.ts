import { annotations, setting, settingOf } from '../../src/contract/annotation.ts';
import { container } from '../../src/contract/names.ts';
import { metricTable } from '../../src/exposition/own/metric-table.ts';
import { declareTable } from '../../src/exposition/own/own-series.ts';
import { duration, path } from '../../src/flags/codecs.ts';
import { flag } from '../../src/flags/flag.ts';
import { kind } from '../../src/kinds/kind.ts';

const fixtureFlags = {
  pause: flag({
    name: 'fixture.pause',
    codec: duration,
    default: 1000,
    doc: 'How long the fixture does nothing at a time.',
    example: '5s',
  }),
};

const fixtureAnnotations = annotations('fixture', {
  directory: setting({
    codec: path,
    default: '/var/fixture',
    doc: 'The directory that the application shares with the fixture.',
    example: '/var/fixture',
  }),
});

const fixtureMetrics = metricTable('fixture_', {
  pause_seconds: { type: 'gauge', labels: [], help: 'How long the fixture does nothing at a time.' },
});

const volume = 'metrics-sidecar-fixture';

/** A kind for tests: one flag, one annotation, one metric, one shared directory, and a runtime that does nothing. */
export const fixture = kind({
  name: 'fixture',
  summary: 'Do nothing.',
  shows: 'nothing but its own metric',
  flags: fixtureFlags,
  annotations: fixtureAnnotations,
  alwaysExplained: [fixtureAnnotations.directory],
  injection: {
    names: { inits: [], running: [], volumes: [volume] },
    ports: () => [],
    plan(pod, request) {
      const { value: mountPath } = settingOf(request, fixtureAnnotations.directory);
      const mounts = pod.served.map(({ name }) => [name, { name: volume, mountPath }] as const);
      return {
        reasons: [],
        complete: (base) => ({
          settings: base,
          shares: [
            {
              volume: { name: volume, emptyDir: {} },
              ownMounts: new Map([[container.sidecar, { name: volume, mountPath: '/etc/metrics-sidecar/fixture' }]]),
              appMounts: new Map(mounts),
              inits: [],
              destinations: [],
            },
          ],
          containers: [],
          decisions: {},
          reasons: [],
        }),
      };
    },
    destinations: () => [],
    retiredEnvironment: () => new Map(),
    decisions: {},
  },
  start: async () => async (settings, context) => {
    const series = declareTable(context.store, fixtureMetrics, 'fixture/own');
    series('pause_seconds')?.set(settings.pause / 1000);
    return { ok: true, value: { kind: 'fixture', landing: () => [], stop: async () => {} } };
  },
  metrics: async () => fixtureMetrics,
  dashboard: async () => ({
    name: 'metrics-sidecar-fixture',
    title: 'Fixture',
    description: 'The pauses of the fixture.',
    podMetric: 'fixture_pause_seconds',
    rows: [],
  }),
  alerts: async () => ({ name: 'metrics-sidecar-fixture', alerts: [] }),
});
