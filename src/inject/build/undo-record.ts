import { upstreamPortPrefix } from '../../contract/haproxy.ts';
import type { Json, JsonObject } from '../../json/json.ts';
import type { Share } from '../../kinds/injection/kind-plan.ts';
import type { environment } from '../plan/environment.ts';
import type { Plan } from '../plan/injection-plan.ts';
import type { Pod } from '../pod/pod.ts';
import { statusOf } from '../pod/status-annotation.ts';
import { type Empties, isEmpty, labelBefore, type MountRecord, readUndo, type Undo } from '../pod/undo.ts';
import type { Addition } from './additions.ts';
import type { TokenSkips } from './token-skips.ts';

/** The parts that an injection gives a pod, beside annotations and the label. */
export interface Given {
  readonly env: ReturnType<typeof environment>;
  readonly additions: readonly Addition[];
  readonly volumes: readonly JsonObject[];
  readonly initContainers: readonly JsonObject[];
  readonly tokens: TokenSkips;
}

/**
 * The record of an injection. A key without a word to say is left out: the status lies in every injected pod, and most
 * pods need no more than `env`. Written as it grows, as spreading a dozen parts costs each pod a microsecond.
 */
export function undoOf(pod: Pod, plan: Plan, given: Given): Undo {
  const { added, kept } = given.env;
  const undo: { -readonly [Key in keyof Undo]: Undo[Key] } = {};
  if (added.length > 0) {
    undo.env = added.map(({ container }) => container.name);
    if (kept.size > 0) undo.kept = Object.fromEntries(kept);
    const upstreams: string[] = [];
    for (const name of plan.ports.keys())
      if (name.startsWith(upstreamPortPrefix)) upstreams.push(name.slice(upstreamPortPrefix.length));
    if (upstreams.length > 0) undo.upstreams = upstreams;
  }
  const mounts = mountsOf(pod, plan.shares);
  // One mount alone is written as versions before this one read it.
  if (mounts.length > 0) undo.mount = mounts.length === 1 ? mounts[0]! : mounts;
  if (plan.takeover !== undefined) undo.moved = plan.takeover.moves;
  if (plan.mesh.set.size > 0) undo.bypass = [...plan.mesh.set.keys()];
  if (given.tokens.set.size > 0) undo.skips = [...given.tokens.set.keys()];
  const before = labelBefore(pod);
  if (before !== undefined) undo.label = before;
  const empty = emptiesOf(pod, given);
  if (empty !== nothing) undo.empty = empty;
  return undo;
}

/** Each mount that containers of the application are given, with their names. */
function mountsOf({ served }: Pod, shares: readonly Share[]): readonly MountRecord[] {
  return shares.flatMap(({ appMounts }) => {
    if (appMounts.size === 0) return [];
    const records = new Map<string, { name: string; mountPath: string; to: string[] }>();
    for (const container of served) {
      const mount = appMounts.get(container.name);
      if (mount === undefined) continue;
      const key = `${mount.name}:${mount.mountPath}`;
      const record = records.get(key) ?? { name: mount.name, mountPath: mount.mountPath, to: [] };
      record.to.push(container.name);
      records.set(key, record);
    }
    return [...records.values()];
  });
}

/** The empty maps that stood where a refused pod's status goes. */
export function rejectedEmpties(pod: Pod): Empties {
  return known(pod, metadataEmpties(pod, false));
}

const nothing: Empties = {};

type Found = [place: string, value: Json];

function emptiesOf(pod: Pod, { additions, volumes, initContainers }: Given): Empties {
  const found = metadataEmpties(pod, true);
  const look = (place: string, name: string, value: Json | undefined) => {
    if (value !== undefined && isEmpty(value)) found.push([place + name, value]);
  };
  if (volumes.length > 0) look('volumes', '', pod.spec.volumes);
  if (initContainers.length > 0) look('initContainers', '', pod.spec.initContainers);
  for (const { container, env, mounts } of additions) {
    if (env.length > 0) look('env/', container.name, container.json.env);
    if (mounts.length > 0) look('volumeMounts/', container.name, container.json.volumeMounts);
  }
  return known(pod, found);
}

function metadataEmpties({ json, metadata }: Pod, isLabelled: boolean): Found[] {
  const found: Found[] = [];
  if (json.metadata !== undefined && isEmpty(json.metadata)) found.push(['metadata', json.metadata]);
  const { annotations, labels } = metadata;
  if (annotations !== undefined && isEmpty(annotations)) found.push(['annotations', annotations]);
  if (isLabelled && labels !== undefined && isEmpty(labels)) found.push(['labels', labels]);
  return found;
}

/** A pod that was refused on an earlier pass has its status already, and with it what stood there before that. */
function known(pod: Pod, found: readonly Found[]): Empties {
  const status = statusOf(pod);
  const earlier = status?.injected === false ? readUndo(status)?.empty : undefined;
  if (found.length === 0 && (earlier === undefined || Object.keys(earlier).length === 0)) return nothing;
  return { ...Object.fromEntries(found), ...earlier };
}
