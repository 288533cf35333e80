import { expect, test } from 'vitest';
import { type Pod, readPod } from '../../src/inject/pod/pod.ts';
import { readRequest } from '../../src/inject/request/request.ts';
import { planMapping } from '../../src/kinds/injection/mapping.ts';
import { statsdAnnotations } from '../../src/kinds/statsd.ts';
import { annotationsOf, pod } from '../inject/pods.ts';
import { startRuntime } from './runtime.ts';

/** The value of `--statsd.mapping-config` for a pod with this annotation. */
function configOf(setting: string, value: string): string | undefined {
  const json = pod('statsd', { annotations: { [`statsd.metrics-sidecar.io/${setting}`]: value } });
  const request = readRequest(new Map(Object.entries(annotationsOf(json))), {}, new Map());
  return planMapping(readPod(json) as Pod, request, statsdAnnotations).config;
}

test.each([
  ['mapping', 'mappings: []'],
  ['mapping-config-map', 'orders'],
  ['mapping-share', '/etc/statsd'],
  ['mapping-image-file', '/app/mapping.yml'],
])('a sidecar whose mapping (%s) is not there yet runs without one, and says so', async (setting, value) => {
  const config = configOf(setting, value);
  const { runtime, warnings } = await startRuntime([`--statsd.mapping-config=${config}`]);
  expect(warnings).toEqual(['statsd: no mapping']);
  expect(runtime.landing()[0]!.rows).toContainEqual(['Mapping', `none: ${config}: there is no such file`]);
  expect(await runtime.reload!()).toEqual({
    ok: true,
    value: `statsd: no mapping yet: ${config}: there is no such file`,
  });
  await runtime.stop();
});
