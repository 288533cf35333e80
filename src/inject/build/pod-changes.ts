import { settingOf } from '../../contract/annotation.ts';
import { managedAnnotation, metricsPortName } from '../../contract/names.ts';
import { sidecarAnnotations } from '../../contract/sidecar-annotations.ts';
import { quote } from '../../flags/codec.ts';
import { type JsonObject, objectOf, objectsOf, textOf } from '../../json/json.ts';
import type { Reason } from '../outcome/outcome.ts';
import { reason } from '../outcome/reason-text.ts';
import { environment } from '../plan/environment.ts';
import type { Plan } from '../plan/injection-plan.ts';
import type { Facts } from '../pod/namespace-facts.ts';
import type { Pod } from '../pod/pod.ts';
import { safeToEvict, textsBefore } from '../pod/undo.ts';
import type { Request } from '../request/request.ts';
import type { Addition, Changes } from './additions.ts';
import { patchContainer } from './container-patch.ts';
import { type Built, build } from './containers.ts';
import { annotationsFit, injectedLabel, injectedStatus, statusEntry } from './status.ts';
import { tokenSkips } from './token-skips.ts';
import { undoOf } from './undo-record.ts';

export interface PodChanges {
  readonly changes: Changes;
  readonly reasons: readonly Reason[];
}

/**
 * Computes the changes that carry a plan out.
 * @param planned the reasons so far, for the status annotation
 */
export function podChanges(
  pod: Pod,
  request: Request,
  plan: Plan,
  version: string,
  planned: readonly Reason[],
  { namespace }: Facts,
): PodChanges {
  const patched = withContainerPatch(pod, request, build(pod, request, plan, version), namespace);
  const { built } = patched;
  const app = environment(pod, plan);
  const running = [built.sidecar, ...built.others];
  const containers = plan.native ? [] : running;
  const initContainers = [...built.inits, ...(plan.native ? running : [])];
  const tokens = tokenSkips(pod, request, [...names(initContainers), ...names(containers)]);
  const reasons = [...app.reasons, ...patched.reasons];
  const additions = additionsOf(pod, plan, app.added);
  const added = {
    containers: names(containers),
    initContainers: names(initContainers),
    volumes: names(built.volumes),
    was: textsBefore(pod, plan.scrape.was, tokens.was.size === 0 ? plan.mesh.was : [...plan.mesh.was, ...tokens.was]),
    undo: undoOf(pod, plan, { env: app, additions, volumes: built.volumes, initContainers, tokens }),
  };
  const status = injectedStatus(plan, added, version, [...planned, ...reasons]);
  const annotations = new Map([
    ...plan.scrape.set,
    ...plan.mesh.set,
    ...tokens.set,
    ...scrapedBy(pod, plan),
    ...evictable(pod, built.volumes),
    statusEntry(status),
  ]);
  if (!annotationsFit(pod, annotations)) reasons.push(reason('annotations_full', 'metadata.annotations'));
  return {
    changes: {
      annotations,
      labels: injectedLabel,
      edits: plan.takeover?.edits ?? [],
      additions,
      volumes: built.volumes,
      initContainers,
      containers,
    },
    reasons,
  };
}

/** Applies the container-patch annotation to the sidecar's container. */
function withContainerPatch(
  pod: Pod,
  request: Request,
  built: Built,
  { limitRanges, quotas = [] }: Facts['namespace'],
): { readonly built: Built; readonly reasons: readonly Reason[] } {
  const { key } = sidecarAnnotations['container-patch'];
  const operations = settingOf(request, sidecarAnnotations['container-patch']).value;
  if (operations === undefined) return { built, reasons: [] };
  const volumes = [...pod.volumes, ...built.volumes];
  const { sidecar: before, inits, others } = built;
  const result = patchContainer(operations, { pod, volumes, limitRanges, quotas, inits, others, before });
  if (!result.ok) return { built, reasons: result.problems.map((problem) => reason('container_patch', key, problem)) };
  return { built: { ...built, sidecar: result.value }, reasons: samePortNames(pod, result.value) };
}

/** A Service that goes by a port's name finds one container of the pod; that our own name is taken is told before. */
function samePortNames({ containers, initContainers }: Pod, sidecar: JsonObject): Reason[] {
  const own = new Set(objectsOf(sidecar.ports).map(({ name }) => name));
  return [...initContainers, ...containers].flatMap(({ name: container, json }) =>
    objectsOf(json.ports).flatMap(({ name }) =>
      typeof name === 'string' && name !== metricsPortName && own.has(name)
        ? [reason('port_name_taken', name, `container ${quote(container)}`)]
        : [],
    ),
  );
}

/** In the order of the pod's containers, environment and mounts of one together. */
function additionsOf(
  pod: Pod,
  plan: Plan,
  added: readonly { container: Addition['container']; env: Addition['env'] }[],
): Addition[] {
  const env = new Map(added.map((one) => [one.container, one.env]));
  // Most pods share no directory.
  const shared = plan.shares.filter(({ appMounts }) => appMounts.size > 0);
  const mountsOf = ({ name }: Addition['container']) =>
    shared.flatMap(({ appMounts }): JsonObject[] => {
      const mount = appMounts.get(name);
      return mount === undefined ? [] : [{ ...mount }];
    });
  return pod.served
    .map((container) => ({ container, env: env.get(container) ?? [], mounts: mountsOf(container) }))
    .filter((addition) => addition.env.length + addition.mounts.length > 0);
}

/** A pod that was copied from an injected one may say that we are scraped when we are not. */
function scrapedBy(pod: Pod, plan: Plan): [string, string][] {
  return pod.annotations.has(managedAnnotation.scrapedBy) && !plan.scrape.set.has(managedAnnotation.scrapedBy)
    ? [[managedAnnotation.scrapedBy, '']]
    : [];
}

/** Our empty volumes hold nothing that an eviction could lose; the application's are its own affair. */
function evictable(pod: Pod, volumes: readonly JsonObject[]): [string, string][] {
  const ours = names(volumes.filter(({ emptyDir }) => objectOf(emptyDir) !== undefined));
  const listed = (pod.annotations.get(safeToEvict) ?? '').split(',').filter((name) => name !== '');
  const missing = ours.filter((name) => !listed.includes(name));
  return missing.length === 0 ? [] : [[safeToEvict, [...listed, ...missing].join(',')]];
}

function names(items: readonly JsonObject[]): string[] {
  return items.map(({ name }) => textOf(name) ?? '');
}
