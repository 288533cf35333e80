import { expect, test } from 'vitest';
import { type Absence, type CandidateMetadata, sidecarAbsence } from '../../../src/inject/request/absent-sidecar.ts';

const inject = 'metrics-sidecar.io/inject';
const status = 'metrics-sidecar.io/status';
const asks = { [inject]: 'statsd' };
const refused = '{"version":"1.2.3","injected":false,"reasons":[]}';

test.each<[pod: string, metadata: CandidateMetadata, namespaceLabel: string | undefined, absence: Absence | undefined]>(
  [
    ['asks', { annotations: asks }, undefined, 'missed'],
    ['asks by an unreadable value', { annotations: { [inject]: 'statd' } }, undefined, 'missed'],
    ['asks by an empty value', { annotations: { [inject]: '' } }, undefined, 'missed'],
    ['asks in a namespace that opts out', { annotations: asks }, 'false', 'missed'],
    ['is asked for by its namespace', {}, 'statsd.ingest', 'missed'],
    ['is asked for by an unreadable label', { labels: { app: 'web' } }, 'statd', 'missed'],
    ['asks and was refused', { annotations: { ...asks, [status]: refused } }, undefined, 'refused'],
    ['is asked for and was refused', { annotations: { [status]: refused } }, 'statsd', 'refused'],
    [
      'has the status of an injected pod',
      { annotations: { ...asks, [status]: '{"injected":true}' } },
      undefined,
      undefined,
    ],
    ['has a status that says nothing', { annotations: { ...asks, [status]: '{}' } }, undefined, undefined],
    ['has an unreadable status', { annotations: { ...asks, [status]: '{' } }, undefined, undefined],
    ['opted out', { annotations: { [inject]: 'false' } }, 'statsd', undefined],
    ['opted out after it was refused', { annotations: { [inject]: 'false', [status]: refused } }, 'statsd', undefined],
    ['does not ask', {}, undefined, undefined],
    ['is in a namespace that opts out', {}, 'false', undefined],
    ['was injected', { annotations: asks, labels: { 'metrics-sidecar.io/injected': 'true' } }, undefined, undefined],
    [
      'is of our own',
      { annotations: asks, labels: { 'app.kubernetes.io/name': 'metrics-sidecar' } },
      undefined,
      undefined,
    ],
    ['mirrors a static pod', { annotations: { ...asks, 'kubernetes.io/config.mirror': 'x' } }, undefined, undefined],
    ['is being deleted', { annotations: asks, deletionTimestamp: '2026-01-02T03:04:05Z' }, undefined, undefined],
  ],
)('a pod that %s', (_, metadata, namespaceLabel, absence) => {
  const labels = namespaceLabel === undefined ? {} : { [inject]: namespaceLabel };
  expect(sidecarAbsence(metadata, labels)).toBe(absence);
});
