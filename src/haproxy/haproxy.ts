import type { haproxyFlags } from '../contract/haproxy.ts';
import { mergePrefix } from '../contract/metric-prefixes.ts';
import { metricsPath } from '../contract/names.ts';
import { sidecarFlags } from '../contract/sidecar.ts';
import type { Settings } from '../flags/flag.ts';
import type { StartRuntime } from '../runtime/runtime.ts';
import { createPageMerge, type MergeState } from '../scrape/merge-page.ts';

/**
 * Without the servers: behind each of our backends there is one application, so they would repeat the backend's numbers
 * at 55 series each (HAProxy 2.6), the more the more routes there are.
 */
const scopes = ['global', 'frontend', 'backend'].map((scope) => `scope=${scope}`).join('&');

/**
 * HAProxy writes this page from a configuration of ours; the bounds only stand between us and another program there.
 */
const pageLimits = {
  bytes: sidecarFlags.mergeMaxBytes.default,
  samples: sidecarFlags.limitSeries.default,
  families: sidecarFlags.limitFamilies.default,
  labelsPerSeries: sidecarFlags.limitLabels.default,
  labelValueBytes: sidecarFlags.limitLabelValue.default,
};

/**
 * The sidecar's part of the HAProxy kind: HAProxy's own metrics page, fetched at every scrape and merged into the
 * pod's. HAProxy may start later, or not at all; then `haproxy_sidecar_up` is 0 and none of its families are on the
 * page.
 */
export const startHaproxy: StartRuntime<Settings<typeof haproxyFlags>> = async (settings, context) => {
  const { store, log, now, makeRoom } = context;
  const url = `http://127.0.0.1:${settings.exporterPort}${metricsPath}`;
  const merge = createPageMerge({
    source: 'haproxy',
    url: `${url}?${scopes}`,
    limits: pageLimits,
    store,
    ownPrefix: mergePrefix.haproxy,
    makeRoom,
    log,
    now,
  });
  return {
    ok: true,
    value: {
      kind: 'haproxy',
      collect: (deadline) => merge.collect(deadline),
      landing: () => [
        {
          title: 'HAProxy',
          rows: [
            ['Metrics page', url],
            ['Last time', sentence(merge.state())],
          ],
        },
      ],
      async stop() {
        merge.close();
      },
    },
  };
};

function sentence(state: MergeState): string {
  if (state.up === undefined) return 'not fetched yet';
  if (!state.up) return `left out (${state.reason}): ${state.detail}`;
  const bad = state.badLines === 0 ? '' : `, ${state.badLines} bad lines left out`;
  return `${state.samples} samples in ${state.families} families${bad}`;
}
