import { columns, printable } from '../../terminal/style.ts';
import { cureOf, type MissedPods } from '../cluster/missed-pods.ts';
import type { SidecarGroup } from '../cluster/sidecar-list.ts';

/** A table with a line for each owner. */
export function sidecarTable(sidecars: readonly SidecarGroup[]): string {
  if (sidecars.length === 0) return 'no pod is injected\n';
  const head = ['NAMESPACE', 'OWNER', 'PODS', 'KINDS', 'VERSION', 'IMAGE', 'SIDECAR', 'DRIFT'];
  const rows = sidecars.map(({ namespace, owner, pods, kinds, version, image, native, drift }) =>
    [
      namespace,
      owner,
      String(pods.length),
      kinds.join(','),
      version,
      image,
      native ? 'native' : 'classic',
      drift.join('; '),
    ].map(printable),
  );
  return `${columns([head, ...rows]).join('\n')}\n`;
}

export function missedTable(missed: readonly MissedPods[]): string {
  if (missed.length === 0) return 'every pod that asks has its sidecar\n';
  const head = ['NAMESPACE', 'OWNER', 'PODS', 'WHY', 'WHAT TO DO'];
  const rows = missed.map((one) => [one.namespace, one.owner, String(one.pods), one.why, cureOf(one)].map(printable));
  return `${columns([head, ...rows]).join('\n')}\n`;
}

/** JSON for programs. Later versions add fields and remove none. */
export function listJson(what: 'sidecars' | 'missed', items: readonly (SidecarGroup | MissedPods)[]): string {
  return `${JSON.stringify({ [what]: items }, null, 2)}\n`;
}
