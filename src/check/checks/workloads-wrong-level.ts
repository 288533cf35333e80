import { sentence } from '../../inject/outcome/reason-text.ts';
import { misplaced } from '../../inject/request/workload.ts';
import type { JsonObject } from '../../json/json.ts';
import { counted } from '../../text/counted.ts';
import { list } from '../cluster/reading.ts';
import type { Check } from '../finding/check.ts';
import { firstLines, ok, unread, warning } from '../finding/finding.ts';

const kinds = [
  { kind: 'Deployment', path: '/apis/apps/v1/deployments' },
  { kind: 'StatefulSet', path: '/apis/apps/v1/statefulsets' },
  { kind: 'DaemonSet', path: '/apis/apps/v1/daemonsets' },
  { kind: 'CronJob', path: '/apis/batch/v1/cronjobs' },
] as const;

/** Annotations that have no effect, since they are on the workload and not on its pod template. */
export const workloadsWrongLevel: Check = {
  id: 'workloads.wrong-level',
  title: 'annotations are on pod templates',
  category: 'pods',
  needs: ['kubernetes.reachable'],
  async run({ kube }) {
    const lines: string[] = [];
    for (const { kind, path } of kinds) {
      const listed = await list(kube, path, {
        metadataOnly: true,
        keep: ({ metadata }) => {
          const [reason] = misplaced({ metadata: metadata as unknown as JsonObject });
          const name = `${kind} ${metadata.namespace}/${metadata.name}`;
          return reason === undefined ? undefined : `${name}: ${sentence(reason)}: move it to its pod template`;
        },
      });
      if (!listed.ok) return unread(listed.problem, `list ${kind}s`);
      lines.push(...listed.value);
    }
    if (lines.length === 0) return ok('no workload has annotations of metrics-sidecar at the wrong level');
    const message =
      `annotations at the wrong level on ${counted(lines.length, 'workload')}: move them to ` +
      'spec.template.metadata.annotations';
    return warning(message, firstLines(lines));
  },
};
