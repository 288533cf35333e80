import { columns, printable } from '../terminal/style.ts';
import { counted } from '../text/counted.ts';
import type { Missed } from './missed-pods.ts';
import { restartCommand } from './pod-record.ts';
import type { Sidecars } from './sidecar-list.ts';

/** A line for each owner. */
export function sidecarTable(sidecars: readonly Sidecars[]): string {
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

export function missedTable(missed: readonly Missed[]): string {
  if (missed.length === 0) return 'every pod that asks has its sidecar\n';
  const head = ['NAMESPACE', 'OWNER', 'PODS', 'WHY', 'WHAT TO DO'];
  const rows = missed.map((one) => [one.namespace, one.owner, String(one.pods), one.why, cureOf(one)].map(printable));
  return `${columns([head, ...rows]).join('\n')}\n`;
}

/** For programs; fields are added to it, never taken away. */
export function listJson(what: 'sidecars' | 'missed', items: readonly (Sidecars | Missed)[]): string {
  return `${JSON.stringify({ [what]: items }, null, 2)}\n`;
}

/** One line about a group of pods that were missed, with what to do. */
export function missedLine(missed: Missed): string {
  const { namespace, owner, pods, why } = missed;
  return `${namespace} ${owner} (${counted(pods, 'pod')}): ${why}: ${cureOf(missed)}`;
}

function cureOf({ namespace, owner, restart }: Missed): string {
  return restart ? restartCommand(namespace, owner) : 'correct that, then restart it';
}
