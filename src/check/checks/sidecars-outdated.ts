import { groupBy } from '../../lists/group-by.ts';
import { counted } from '../../text/counted.ts';
import { driftOf, readNewSidecar } from '../cluster/drift.ts';
import { readInjected } from '../cluster/injected-pods.ts';
import { readNamespaces } from '../cluster/namespaces.ts';
import type { PodRecord } from '../cluster/pod-record.ts';
import { restartCommand } from '../cluster/restart.ts';
import type { Check } from '../finding/check.ts';
import { firstLines, ok, warning } from '../finding/finding.ts';

export const sidecarsOutdated: Check = {
  id: 'sidecars.outdated',
  title: 'injected pods are up to date',
  category: 'pods',
  needs: ['webhook.configuration'],
  async run(context) {
    const injected = await context.once(readInjected);
    if (!injected.ok) return injected.problem;
    const [fresh, namespaces] = [await context.once(readNewSidecar), await context.once(readNamespaces)];
    const labels = namespaces.ok ? namespaces.value : undefined;
    const drifted = injected.value.flatMap((pod) => {
      const drift = driftOf(pod, fresh, labels);
      return drift.length === 0 ? [] : [{ pod, drift: drift.join('; ') }];
    });
    if (drifted.length === 0) return ok(`${counted(injected.value.length, 'injected pod')}, none outdated`);
    return warning(
      `outdated: ${counted(drifted.length, 'injected pod')} of ${injected.value.length}; metrics-sidecar renew --all ` +
        'restarts their owners in turn (--dry-run shows the plan)',
      firstLines(byOwner(drifted)),
    );
  },
};

function byOwner(drifted: readonly { readonly pod: PodRecord; readonly drift: string }[]): string[] {
  const groups = groupBy(drifted, ({ pod, drift }) => `${pod.namespace} ${pod.owner}: ${drift}`);
  return [...groups].map(([what, group]) => {
    const { namespace, owner } = group[0]!.pod;
    return `${what} (${counted(group.length, 'pod')}): ${restartCommand(namespace, owner)}`;
  });
}
