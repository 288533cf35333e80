import { firstUpstreamPort, type Upstream } from '../../contract/haproxy.ts';
import { retiredVariable, variable } from '../../contract/names.ts';
import { quote } from '../../flags/codec.ts';
import { type JsonObject, listOf, objectOf, objectsOf } from '../../json/json.ts';
import type { Reason } from '../outcome/outcome.ts';
import { reason } from '../outcome/reason-text.ts';
import type { Pod, PodContainer } from '../pod/pod.ts';

/** Where the application is to send, by environment variable. */
export function variables(
  ports: ReadonlyMap<string, number>,
  upstreams: readonly Pick<Upstream, 'name'>[],
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const udp = ports.get('statsd-udp');
  if (udp !== undefined) {
    found.set(variable.statsdHost, '127.0.0.1');
    found.set(variable.statsdPort, String(udp));
    found.set(variable.dogstatsdPort, String(udp));
  }
  const ingest = ports.get('ingest');
  if (ingest !== undefined) found.set(variable.ingestUrl, `http://127.0.0.1:${ingest}/v1/ingest`);
  upstreams.forEach(({ name }, i) => {
    const key = `${name.toUpperCase().replaceAll('-', '_')}_URL`;
    // An upstream called metrics-sidecar-ingest does not take the place of ours.
    if (!found.has(key)) found.set(key, `http://127.0.0.1:${firstUpstreamPort + i}`);
  });
  return found;
}

/** What an earlier version told the application beside these. */
export function retiredVariables(ports: ReadonlyMap<string, number>): ReadonlyMap<string, string> {
  const ingest = ports.get('ingest');
  return new Map(ingest === undefined ? [] : [[retiredVariable.pushgatewayUrl, `http://127.0.0.1:${ingest}`]]);
}

const noNames: readonly string[] = [];
const retiredNames: readonly string[] = Object.values(retiredVariable);

/** What each of the application's containers is given: the variables that it does not define itself. */
export function environment(
  { containers }: Pod,
  wanted: ReadonlyMap<string, string>,
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
  const retired = wanted.has(variable.ingestUrl) ? retiredNames.filter((name) => !wanted.has(name)) : noNames;
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
 * A bit for each length, modulo 32 as shifts take it. A name that was just parsed has no hash yet; asking for its length
 * first spares the hash of nearly all of them, half of what this list costs.
 */
function lengthsOf(names: Iterable<string>): number {
  let bits = 0;
  for (const name of names) bits |= 1 << name.length;
  return bits;
}
