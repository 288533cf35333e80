import { expect, test } from 'vitest';
import type { MissedPods } from '../../../src/check/cluster/missed-pods.ts';
import type { SidecarGroup } from '../../../src/check/cluster/sidecar-list.ts';
import { listJson, missedTable, sidecarTable } from '../../../src/check/report/list-report.ts';
import { expectGolden } from '../golden.ts';

const sidecars: SidecarGroup[] = [
  {
    namespace: 'shop',
    owner: 'deployment/web',
    pods: ['web-a', 'web-b'],
    kinds: ['statsd', 'ingest'],
    version: '1.2.3',
    image: 'example.test/metrics-sidecar:1.2.3',
    native: true,
    drift: [],
  },
  {
    namespace: 'shop-staging',
    owner: 'pod/alone',
    pods: ['alone'],
    kinds: ['haproxy'],
    version: '1.1.0',
    image: 'example.test/metrics-sidecar:1.1.0',
    native: false,
    drift: ["version 1.1.0, the webhook's is 1.2.3", 'opted out after its injection'],
  },
];
const missed: MissedPods[] = [
  {
    namespace: 'shop',
    owner: 'deployment/web',
    pods: 2,
    why: 'created before the webhook was installed',
    restart: true,
  },
  { namespace: 'shop', owner: 'job/import', pods: 1, why: 'refused: wrong', restart: false },
];

test('list', () => expectGolden('list-table.txt', sidecarTable(sidecars)));
test('list --missed', () => expectGolden('list-missed.txt', missedTable(missed)));
test('list -o json', () => expectGolden('list.json', listJson('sidecars', sidecars)));
test('empty lists say so', () => {
  expect([sidecarTable([]), missedTable([])]).toEqual([
    'no pod is injected\n',
    'every pod that asks has its sidecar\n',
  ]);
});
