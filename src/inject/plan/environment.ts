import { quote } from '../../flags/codec.ts';
import { type JsonObject, listOf, objectOf, objectsOf } from '../../json/json.ts';
import type { Destination } from '../../kinds/injection/destination.ts';
import type { Ports } from '../../kinds/injection/kind-plan.ts';
import { kinds } from '../../kinds/kinds.ts';
import type { Reason } from '../outcome/outcome.ts';
import { reason } from '../outcome/reason-text.ts';
import { type EnvItems, envItems } from '../pod/env-value.ts';
import type { Pod, PodContainer } from '../pod/pod.ts';
import { type Elsewhere, elsewhere } from './elsewhere.ts';

/** The variables of all kinds by the ports that they listen on, those of a plan or of a status. */
export function variablesOf(ports: Ports): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  for (const destination of firstOfEach(kinds.map(({ injection }) => injection.destinations(ports))))
    for (const [name, value] of destination.variables) variables.set(name, value);
  return variables;
}

/** The variables that earlier versions gave beside these. */
export function retiredVariables(ports: Ports): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  for (const { injection } of kinds)
    for (const [name, value] of injection.retiredEnvironment(ports))
      if (!variables.has(name)) variables.set(name, value);
  return variables;
}

/**
 * Where two destinations have a variable of one name, the first has it: the upstream metrics-sidecar-ingest comes after
 * ingest.
 */
export function firstOfEach(all: readonly (readonly Destination[])[]): readonly Destination[] {
  const [only = [], another] = all.filter(({ length }) => length > 0);
  // The groups of one kind share no variable.
  if (another === undefined) return only;
  const taken = new Set<string>();
  const destinations: Destination[] = [];
  for (const ofKind of all) {
    for (const destination of ofKind) {
      const kept = withoutTaken(destination, taken);
      if (kept !== undefined) destinations.push(kept);
    }
  }
  return destinations;
}

/** A destination without the variables that another one has; undefined where it has no others. */
function withoutTaken(destination: Destination, taken: Set<string>): Destination | undefined {
  const before = taken.size;
  for (const name of destination.variables.keys()) taken.add(name);
  const own = taken.size - before;
  if (own === destination.variables.size) return destination;
  if (own === 0) return undefined;
  // Those that the set got last.
  const names = new Set([...taken].slice(before));
  return { ...destination, variables: new Map([...destination.variables].filter(([name]) => names.has(name))) };
}

/** The destinations of the application, and names of variables that earlier versions gave. */
export interface AppDestinations {
  readonly destinations: readonly Destination[];
  readonly retired: readonly string[];
}

export interface AppEnvironment {
  readonly added: readonly { readonly container: PodContainer; readonly env: readonly JsonObject[] }[];
  /**
   * By container: the variables that it is not given, because it defines one of their group, and the retired ones that
   * it defines. An uninject has to tell the application's own from one that an earlier version gave.
   */
  readonly kept: ReadonlyMap<string, readonly string[]>;
  /** By container: the variables of our destinations that it defines itself. */
  readonly own: ReadonlyMap<string, readonly string[]>;
  readonly reasons: readonly Reason[];
}

/**
 * The variables for each of the application's containers. Host and port are one wish: a container that defines a
 * variable of a group is given none of that group.
 */
export function environment(
  { served }: Pick<Pod, 'served'>,
  { destinations, retired }: AppDestinations,
): AppEnvironment {
  const reasons: Reason[] = [];
  if (destinations.length === 0) return { added: [], kept: new Map(), own: new Map(), reasons };
  const kept = new Map<string, readonly string[]>();
  const own = new Map<string, readonly string[]>();
  const all: JsonObject[] = [];
  for (const { variables } of destinations) for (const [name, value] of variables) all.push({ name, value });
  const mask = maskOf(destinations, retired);
  const added = served.map((container) => {
    const names = ownNames(container.json, mask, destinations, retired);
    const judged = names.size === 0 ? undefined : judge(container, names, destinations);
    if (judged !== undefined) {
      reasons.push(...judged.reasons);
      kept.set(container.name, [...judged.withheld, ...retired.filter((name) => names.has(name))]);
      own.set(container.name, [...names]);
    }
    if (objectsOf(container.json.envFrom).length > 0)
      reasons.push(reason('env_from', `container ${quote(container.name)}`));
    return { container, env: judged?.env ?? all };
  });
  return { added: added.filter(({ env }) => env.length > 0), kept, own, reasons };
}

interface Judged {
  readonly env: readonly JsonObject[];
  readonly withheld: readonly string[];
  readonly reasons: readonly Reason[];
}

/** The groups that the container decides about, and those that it is given. */
function judge(container: PodContainer, own: ReadonlySet<string>, destinations: readonly Destination[]): Judged {
  const env: JsonObject[] = [];
  const withheld: string[] = [];
  const silent: string[] = [];
  const reasons: Reason[] = [];
  const subject = `container ${quote(container.name)}`;
  let items: EnvItems | undefined;
  for (const destination of destinations) {
    const names = [...destination.group.parts.keys()].filter((name) => own.has(name));
    if (names.length === 0) {
      for (const [name, value] of destination.variables) env.push({ name, value });
      continue;
    }
    withheld.push(...destination.variables.keys());
    items ??= envItems(container.json);
    const away = elsewhere(names, items, destination);
    if (away === undefined) silent.push(...names);
    else reasons.push(reason('env_elsewhere', subject, addressesText(away, destination)));
  }
  if (silent.length > 0) reasons.push(reason('env_kept', subject, silent.join(', ')));
  return { env, withheld, reasons };
}

/** Both addresses first: the end of a long warning is cut off. */
function addressesText({ address, by }: Elsewhere, { listener: { name, udp, tcp } }: Destination): string {
  return `sends to ${address}; ${name} listens on 127.0.0.1:${udp ?? tcp}; see ${by.join(', ')}`;
}

/** The names among the container's variables that matter here. */
function ownNames(
  json: JsonObject,
  { lengths, initials, seconds }: Mask,
  destinations: readonly Destination[],
  retired: readonly string[],
): ReadonlySet<string> {
  let own: Set<string> | undefined;
  // The list may have thousands: it is gone through once, and only the few names that matter are kept.
  for (const item of listOf(json.env) ?? []) {
    const name = objectOf(item)?.name;
    if (typeof name !== 'string') continue;
    if (((initials >>> name.charCodeAt(0)) & (seconds >>> name.charCodeAt(1)) & (lengths >>> name.length) & 1) === 0)
      continue;
    if (!retired.includes(name) && !destinations.some(({ group }) => group.parts.has(name))) continue;
    own ??= new Set();
    own.add(name);
  }
  return own ?? noNames;
}

const noNames: ReadonlySet<string> = new Set();

/**
 * Bits for the lengths and the first two characters of the names, modulo 32 as shifts take them. A name that was just
 * parsed has no hash yet; asking for these first spares the hash of nearly all of them, half of the cost of this list.
 */
interface Mask {
  readonly lengths: number;
  readonly initials: number;
  readonly seconds: number;
}

function maskOf(destinations: readonly Destination[], retired: readonly string[]): Mask {
  let lengths = 0;
  let initials = 0;
  let seconds = 0;
  for (const { group } of destinations) {
    lengths |= group.lengths;
    initials |= group.initials;
    seconds |= group.seconds;
  }
  for (const name of retired) {
    lengths |= 1 << name.length;
    initials |= 1 << name.charCodeAt(0);
    seconds |= 1 << name.charCodeAt(1);
  }
  return { lengths, initials, seconds };
}
