import { counted } from '../../text/counted.ts';
import { cureOf, type MissedPods, readMissed } from '../cluster/missed-pods.ts';
import type { Check } from '../finding/check.ts';
import { firstLines, ok, warning } from '../finding/finding.ts';

export const webhookMissed: Check = {
  id: 'webhook.missed',
  title: 'every pod that asks has its sidecar',
  category: 'pods',
  needs: ['webhook.configuration'],
  async run(context) {
    const missed = await context.once(readMissed);
    if (!missed.ok) return missed.problem;
    const count = missed.value.reduce((sum, { pods }) => sum + pods, 0);
    if (count === 0) return ok('every pod that asks has its sidecar');
    const owners = counted(missed.value.length, 'owner');
    const inTurn = missed.value.some(({ restart }) => restart)
      ? '; metrics-sidecar renew --all --missed restarts in turn those that it helps'
      : '';
    return warning(
      `missing sidecars: ${counted(count, 'pod')} of ${owners}; each line says what to do${inTurn}`,
      firstLines(missed.value.map(missedLine)),
    );
  },
};

/** One line about the pods of an owner, with the remedy. */
function missedLine(missed: MissedPods): string {
  const { namespace, owner, pods, why } = missed;
  return `${namespace} ${owner} (${counted(pods, 'pod')}): ${why}: ${cureOf(missed)}`;
}
