import { quote } from '../../flags/codec.ts';
import { type JsonObject, listOf, objectOf, objectsOf } from '../../json/json.ts';
import type { Ports } from '../../kinds/injection/kind-plan.ts';
import { kinds } from '../../kinds/kinds.ts';
import type { Reason } from '../outcome/outcome.ts';
import { reason } from '../outcome/reason-text.ts';
import type { Pod, PodContainer } from '../pod/pod.ts';

/** The variables of all kinds by the ports that they listen on, those of a plan or of a status. */
export function variablesOf(ports: Ports): ReadonlyMap<string, string> {
  return firstOfEach(kinds.map(({ injection }) => injection.environment(ports)));
}

/** The variables that earlier versions gave beside these. */
export function retiredVariables(ports: Ports): ReadonlyMap<string, string> {
  return firstOfEach(kinds.map(({ injection }) => injection.retiredEnvironment(ports)));
}

/**
 * Where two kinds have a variable of one name, the first has it: the upstream metrics-sidecar-ingest comes after
 * ingest.
 */
export function firstOfEach(all: readonly ReadonlyMap<string, string>[]): ReadonlyMap<string, string> {
  const [only, another] = all.filter(({ size }) => size > 0);
  if (another === undefined) return only ?? new Map();
  const variables = new Map<string, string>();
  for (const one of all) for (const [name, value] of one) if (!variables.has(name)) variables.set(name, value);
  return variables;
}

/** The variables of the application: those that it gets, and names that earlier versions gave. */
export interface AppVariables {
  readonly variables: ReadonlyMap<string, string>;
  readonly retired: readonly string[];
}

/** The variables for each of the application's containers: those that it does not define itself. */
export function environment(
  { containers }: Pod,
  { variables: wanted, retired }: AppVariables,
): {
  readonly added: readonly { readonly container: PodContainer; readonly env: readonly JsonObject[] }[];
  /**
   * By container: the variables among them that it defines itself, retired ones included: an uninject has to tell the
   * application's own from one that an earlier version gave.
   */
  readonly kept: ReadonlyMap<string, readonly string[]>;
  readonly reasons: readonly Reason[];
} {
  const reasons: Reason[] = [];
  if (wanted.size === 0) return { added: [], kept: new Map(), reasons };
  const defined = new Map<string, readonly string[]>();
  const all = [...wanted].map(([name, value]) => ({ name, value }));
  const lengths = lengthsOf([...wanted.keys(), ...retired]);
  const added = containers.map((container) => {
    const own = new Set<string>();
    // The list may have thousands: it is gone through once, and only the few names that matter are kept.
    for (const item of listOf(container.json.env) ?? []) {
      const name = objectOf(item)?.name;
      if (typeof name !== 'string' || !((lengths >>> name.length) & 1)) continue;
      if (wanted.has(name) || retired.includes(name)) own.add(name);
    }
    if (own.size > 0) {
      const kept = [...wanted.keys()].filter((name) => own.has(name));
      defined.set(container.name, [...kept, ...retired.filter((name) => own.has(name))]);
      if (kept.length > 0) reasons.push(reason('env_kept', `container ${quote(container.name)}`, kept.join(', ')));
    }
    if (objectsOf(container.json.envFrom).length > 0)
      reasons.push(reason('env_from', `container ${quote(container.name)}`));
    return { container, env: own.size === 0 ? all : all.filter(({ name }) => !own.has(name)) };
  });
  return { added: added.filter(({ env }) => env.length > 0), kept: defined, reasons };
}

/**
 * A bit for each length, modulo 32 as shifts take it. A name that was just parsed has no hash yet; asking for its
 * length first spares the hash of nearly all of them, half of what this list costs.
 */
function lengthsOf(names: Iterable<string>): number {
  let bits = 0;
  for (const name of names) bits |= 1 << name.length;
  return bits;
}
