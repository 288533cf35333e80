import { settingOf } from '../../contract/annotation.ts';
import { sidecarAnnotations } from '../../contract/sidecar-annotations.ts';
import { quote } from '../../flags/codec.ts';
import { didYouMean } from '../../text/nearest.ts';
import type { Reason } from '../outcome/outcome.ts';
import { reason } from '../outcome/reason-text.ts';
import { injectorOf } from '../pod/foreign-containers.ts';
import type { Pod, PodContainer } from '../pod/pod.ts';
import type { Request } from '../request/request.ts';

/** The containers of a pod that get variables, mounts and changed probes, and those that do not. */
export interface ServedContainers {
  readonly served: readonly PodContainer[];
  /** Errors: names that no container has. */
  readonly errors: readonly Reason[];
  /** Containers of other injectors; worth telling where the others are given something. */
  readonly passedOver: readonly Reason[];
}

/** Wrong names that are compared with those of the pod: it costs microseconds each. */
const mostCompared = 5;

/**
 * The served containers: those that the annotation names, in whichever list they stand, or else every container but
 * those of other injectors. Init containers, native sidecars of others among them, are served only where they are
 * named.
 */
export function servedContainers(pod: Pod, request: Request): ServedContainers {
  const names = settingOf(request, sidecarAnnotations.containers).value;
  if (names !== undefined) return named(pod, names);
  let passedOver: Reason[] | undefined;
  for (const { name } of pod.containers) {
    const injector = injectorOf(name, pod);
    if (injector === undefined) continue;
    passedOver ??= [];
    passedOver.push(reason('foreign_container', `container ${quote(name)}`, injector));
  }
  // An injector adds to the containers of a pod. Where no other is left, these are the pod's own.
  if (passedOver === undefined || passedOver.length === pod.containers.length)
    return { served: pod.containers, errors: [], passedOver: [] };
  const served = pod.containers.filter(({ name }) => injectorOf(name, pod) === undefined);
  return { served, errors: [], passedOver };
}

function named(pod: Pod, names: readonly string[]): ServedContainers {
  const all = [...pod.containers, ...pod.initContainers];
  const present = all.map(({ name }) => name);
  const wanted = new Set(names);
  const served = all.filter(({ name }) => wanted.has(name));
  const known = new Set(present);
  const errors = names
    .filter((name) => !known.has(name))
    .map((name, i) => {
      const meant = i < mostCompared ? didYouMean(name, present) : '';
      const hint = meant === '' ? `; there is ${present.slice(0, 10).join(', ')}` : meant;
      return reason('unknown_container', sidecarAnnotations.containers.key, quote(name) + hint);
    });
  // A pod whose every name is wrong is not injected; the rest of the plan needs a container all the same.
  return { served: served.length > 0 ? served : pod.containers, errors, passedOver: [] };
}
