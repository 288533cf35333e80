import type { Annotation, Setting } from '../../contract/annotation.ts';
import { scrapeAnnotation as keys, managedAnnotation, metricsPath } from '../../contract/names.ts';
import { serviceAnnotations } from '../../contract/service-annotations.ts';
import { sidecarAnnotations } from '../../contract/sidecar-annotations.ts';
import { quote } from '../../flags/codec.ts';
import { type Json, type JsonObject, numberOf, objectOf, objectsOf, textOf, textsOf } from '../../json/json.ts';
import { type Operation, pointer } from '../../json/operation.ts';
import { podAnnotations } from '../../kinds/annotations.ts';
import { haproxyAnnotations } from '../../kinds/haproxy.ts';
import { mapOperations } from '../build/patch.ts';
import type { Reason } from '../outcome/outcome.ts';
import { reason } from '../outcome/reason-text.ts';
import { hasEntries, readScrapeAnnotations } from '../pod/scrape-annotations.ts';
import { readStatus } from '../pod/status-annotation.ts';
import { ourKeys, unknown } from '../request/request.ts';
import type { InjectSettings, Lock } from '../request/settings.ts';

export interface ServicePlan {
  readonly operations: readonly Operation[];
  readonly reasons: readonly Reason[];
}

/** The values that an earlier pass wrote into a Service, as its status annotation records them: they may be changed. */
interface Written {
  readonly scrape?: JsonObject;
  /** The Service's port by number, its target before (absent where it had none), and the one that was written. */
  readonly route?: JsonObject;
}

const byKey = new Map<string, Annotation<unknown>>(Object.values(serviceAnnotations).map((one) => [one.key, one]));
const {
  scrape,
  'scrape-port': scrapePort,
  route,
  'route-port': routePort,
  'route-target': routeTarget,
} = serviceAnnotations;

/**
 * Plans what a Service's annotations ask for: the `prometheus.io` annotations of the metrics endpoint behind it, and a
 * numeric target port that leads to HAProxy. It runs on every update, so a value that is right stays. An annotation
 * that is wrong or locked changes nothing and gets a warning.
 */
export function planService(
  service: JsonObject,
  { defaults, lock }: Pick<InjectSettings, 'defaults' | 'lock'>,
): ServicePlan {
  const metadata = objectOf(service.metadata) ?? {};
  const annotations = textsOf(metadata.annotations);
  const read = readAnnotations(annotations, lock);
  const value = <T>(annotation: Annotation<T>, podKey?: string): T =>
    (read.given.get(annotation.key) ?? defaultOf(podKey, defaults) ?? { value: annotation.default }).value as T;
  const wantsScrape = value(scrape);
  const wantsRoute = value(route);
  const before = writtenOf(annotations);
  const reasons = [...read.reasons];
  if (read.reasons.length > 0 || !(wantsScrape || wantsRoute)) return { operations: [], reasons };
  if (!selectsPods(service))
    return { operations: [], reasons: [...reasons, reason('service_without_pods', 'spec.selector')] };

  const scraped = wantsScrape
    ? planScrape(annotations, before, value(scrapePort, sidecarAnnotations['metrics-port'].key))
    : none;
  const target = value(routeTarget, haproxyAnnotations['listen-port'].key);
  const routed = wantsRoute ? planRoute(service, value(routePort), target, before.route) : none;
  const status: Written = {
    ...(scraped.set.size > 0 && { scrape: Object.fromEntries(scraped.set) }),
    ...((routed.was ?? before.route) !== undefined && wantsRoute && { route: routed.was ?? before.route! }),
  };
  const set = new Map([
    ...scraped.set,
    ...(Object.keys(status).length > 0 ? [[managedAnnotation.status, JSON.stringify(status)] as const] : []),
  ]);
  return {
    operations: [...mapOperations(metadata, 'annotations', set), ...routed.operations],
    reasons: [...reasons, ...scraped.reasons, ...routed.reasons],
  };
}

interface Part {
  readonly set: ReadonlyMap<string, string>;
  readonly operations: readonly Operation[];
  readonly was?: JsonObject;
  readonly reasons: readonly Reason[];
}

const none: Part = { set: new Map(), operations: [], reasons: [] };

/** The annotations of the stock service job. The user's own stay, in any spelling. */
function planScrape(annotations: ReadonlyMap<string, string>, before: Written, port: number): Part {
  const found = readScrapeAnnotations(annotations);
  const present = Object.values(found.entries).flat();
  const isOwn = present.every(({ key, value }) => before.scrape?.[key] === value);
  const set = new Map<string, string>([
    [keys.scrape, 'true'],
    [keys.port, String(port)],
    [keys.path, metricsPath],
  ]);
  if (!hasEntries(found) || isOwn) return { ...none, set };
  if (present.every(({ key, value }) => set.get(key) === value) && found.port === port) return none;
  return { ...none, reasons: [reason('service_slot_taken', present[0]!.key)] };
}

function planRoute(
  service: JsonObject,
  wanted: number | string | undefined,
  listenPort: number,
  before: JsonObject | undefined,
): Part {
  const spec = objectOf(service.spec) ?? {};
  const failed = (failure: Reason): Part => ({ ...none, reasons: [failure] });
  if (spec.clusterIP === 'None') return failed(reason('service_headless', route.key));
  const ports = objectsOf(spec.ports).map((json, index) => ({
    json,
    index,
    port: numberOf(json.port),
    name: textOf(json.name),
  }));
  const found = ports
    .filter(({ json }) => (json.protocol ?? 'TCP') === 'TCP')
    .find(({ port, name }) => wanted === undefined || wanted === (typeof wanted === 'string' ? name : port));
  if (found?.port === undefined)
    return failed(reason('service_port_unknown', route.key, wanted === undefined ? '' : quote(String(wanted))));
  const target: Json = found.json.targetPort ?? found.port;
  if (typeof target === 'string') return failed(reason('service_named_port', route.key, quote(target)));
  if (target === listenPort) return none;
  const path = pointer('spec', 'ports', found.index, 'targetPort');
  const operation: Operation = { op: found.json.targetPort === undefined ? 'add' : 'replace', path, value: listenPort };
  // A target that an earlier pass wrote is not the Service's own.
  const ours = before?.port === found.port && before.to === target;
  const stood = ours ? before.targetPort : found.json.targetPort;
  const was = { port: found.port, ...(stood !== undefined && { targetPort: stood }), to: listenPort };
  return { ...none, operations: [operation], was };
}

function readAnnotations(
  annotations: ReadonlyMap<string, string>,
  lock: Lock | undefined,
): {
  readonly given: ReadonlyMap<string, { readonly value: unknown }>;
  readonly reasons: readonly Reason[];
} {
  const given = new Map<string, { readonly value: unknown }>();
  const reasons: Reason[] = [];
  for (const key of ourKeys(annotations)) {
    if (lock?.keys.has(key)) {
      reasons.push(reason('service_locked', key));
      continue;
    }
    const result = byKey.get(key)?.codec.parse(annotations.get(key)!);
    if (result === undefined)
      reasons.push({ ...unknown(key, reasons.length < 20 ? byKey.keys() : []), code: 'service_annotation' });
    else if (result.ok) given.set(key, { value: result.value });
    else reasons.push(reason('service_value', key, result.problem));
  }
  return { given, reasons };
}

/** The default that the settings give the pods behind the Service. */
function defaultOf(podKey: string | undefined, defaults: ReadonlyMap<string, string>): Setting<unknown> | undefined {
  const text = podKey === undefined ? undefined : defaults.get(podKey);
  const result = text === undefined ? undefined : podAnnotations.get(podKey!)?.codec.parse(text);
  return result?.ok ? { value: result.value, source: 'settings' } : undefined;
}

/** Without a selector the endpoints are made by other programs; an ExternalName has none. */
function selectsPods(service: JsonObject): boolean {
  const spec = objectOf(service.spec) ?? {};
  return spec.type !== 'ExternalName' && Object.keys(objectOf(spec.selector) ?? {}).length > 0;
}

function writtenOf(annotations: ReadonlyMap<string, string>): Written {
  const status = readStatus(annotations.get(managedAnnotation.status));
  const before = { scrape: objectOf(status?.scrape), route: objectOf(status?.route) };
  return { ...(before.scrape && { scrape: before.scrape }), ...(before.route && { route: before.route }) };
}
