import type { GivenSettings } from '../../contract/annotation.ts';
import { settingOf } from '../../contract/annotation.ts';
import { sidecarAnnotations } from '../../contract/sidecar-annotations.ts';
import type { Reason } from '../outcome/outcome.ts';
import { reason } from '../outcome/reason-text.ts';
import { hasPort, meshes, withPort } from '../pod/mesh-ports.ts';
import type { Pod } from '../pod/pod.ts';

/** The annotations by which meshes let the metrics port past their proxies. */
export interface MeshPlan {
  /** Annotations to write. */
  readonly set: ReadonlyMap<string, string>;
  /** The values before, of those that the pod has. */
  readonly was: ReadonlyMap<string, string>;
  readonly reasons: readonly Reason[];
}

const none: MeshPlan = { set: new Map(), was: new Map(), reasons: [] };

/**
 * Adds the metrics port to the lists of the meshes that `mesh-bypass` names. A list that has it stays. An injector that
 * came before has read its list: its init container holds the ports, and the annotation comes too late.
 */
export function planMeshBypass(pod: Pod, request: GivenSettings, metricsPort: number): MeshPlan {
  const names = settingOf(request, sidecarAnnotations['mesh-bypass']).value;
  if (names.length === 0) return none;
  const set = new Map<string, string>();
  const was = new Map<string, string>();
  const reasons: Reason[] = [];
  for (const name of new Set(names)) {
    const { annotation, init } = meshes[name];
    const list = pod.annotations.get(annotation);
    if (list !== undefined && hasPort(list, metricsPort)) {
      reasons.push(reason('mesh_bypass_kept', annotation, String(metricsPort)));
      continue;
    }
    set.set(annotation, withPort(list, metricsPort));
    if (list !== undefined) was.set(annotation, list);
    const late = pod.initContainers.some((container) => container.name === init);
    reasons.push(reason(late ? 'mesh_bypass_late' : 'mesh_bypass', annotation, String(metricsPort)));
  }
  return { set, was, reasons };
}
