import { groupBy } from '../../lists/group-by.ts';
import { counted } from '../../text/counted.ts';
import { driftOf, readReference } from '../cluster/drift.ts';
import { readInjected } from '../cluster/injected-pods.ts';
import { readNamespaces } from '../cluster/namespaces.ts';
import type { PodRecord } from '../cluster/pod-record.ts';
import { restartCommand } from '../cluster/restart.ts';
import type { Check } from '../finding/check.ts';
import { ok, shown, warning } from '../finding/finding.ts';

export const sidecarsOutdated: Check = {
  id: 'sidecars.outdated',
  title: 'injected pods have what new ones get',
  category: 'pods',
  needs: ['webhook.configuration'],
  async run(context) {
    const injected = await context.once(readInjected);
    if (!injected.ok) return injected.problem;
    const [reference, namespaces] = [await context.once(readReference), await context.once(readNamespaces)];
    const labels = namespaces.ok ? namespaces.value : undefined;
    const drifted = injected.value.flatMap((pod) => {
      const drift = driftOf(pod, reference, labels);
      return drift.length === 0 ? [] : [{ pod, drift: drift.join('; ') }];
    });
    if (drifted.length === 0) return ok(`${counted(injected.value.length, 'injected pod')}, none outdated`);
    return warning(
      `not what a new pod gets: ${counted(drifted.length, 'injected pod')} of ${injected.value.length}; restart their owners`,
      shown(byOwner(drifted)),
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
