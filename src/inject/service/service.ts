import type { Annotation, Setting } from '../../contract/annotation.ts';
import { scrapeAnnotation as keys, managedAnnotation, metricsPath } from '../../contract/names.ts';
import { serviceAnnotations } from '../../contract/service-annotations.ts';
import { sidecarAnnotations } from '../../contract/sidecar-annotations.ts';
import { type JsonObject, objectOf, textsOf } from '../../json/json.ts';
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
import { judgeRoute, restoreTarget } from './route.ts';

export interface ServicePlan {
  readonly operations: readonly Operation[];
  readonly reasons: readonly Reason[];
}

/** The values that an earlier pass wrote into a Service, as its status annotation records them: they may be changed. */
interface Written {
  readonly scrape?: JsonObject;
  /** The target port that an earlier version wrote. */
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
 * Plans what a Service's annotations ask for: the `prometheus.io` annotations of the metrics endpoint behind it. The
 * target ports of a Service stay; only one that an earlier version wrote is taken back. It runs on every update, so a
 * value that is right stays. An annotation that is wrong or locked changes nothing and gets a warning.
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
  const before = writtenOf(annotations);
  const listenPort = value(routeTarget, haproxyAnnotations['listen-port'].key);
  const restored = before.route === undefined ? undefined : restoreTarget(service, before.route, listenPort);
  const asked = planAsked(restored?.service ?? service, annotations, before, read, { value, listenPort });
  const record = asked.set.size > 0 ? Object.fromEntries(asked.set) : restored && before.scrape;
  const status: readonly (readonly [string, string])[] =
    record === undefined ? [] : [[managedAnnotation.status, JSON.stringify({ scrape: record } satisfies Written)]];
  const drops = restored !== undefined && record === undefined;
  const drop: Operation = { op: 'remove', path: pointer('metadata', 'annotations', managedAnnotation.status) };
  return {
    operations: [
      ...mapOperations(metadata, 'annotations', new Map([...asked.set, ...status])),
      ...(drops ? [drop] : []),
      ...(restored?.operations ?? []),
    ],
    reasons: [...read.reasons, ...(restored?.reasons ?? []), ...asked.reasons],
  };
}

interface Values {
  value<T>(annotation: Annotation<T>, podKey?: string): T;
  readonly listenPort: number;
}

function planAsked(
  service: JsonObject,
  annotations: ReadonlyMap<string, string>,
  before: Written,
  read: ReadAnnotations,
  { value, listenPort }: Values,
): Part {
  const wantsScrape = value(scrape);
  const wantsRoute = value(route);
  if (read.reasons.length > 0 || !(wantsScrape || wantsRoute)) return none;
  if (!selectsPods(service)) return { ...none, reasons: [reason('service_without_pods', 'spec.selector')] };
  const scraped = wantsScrape
    ? planScrape(annotations, before, value(scrapePort, sidecarAnnotations['metrics-port'].key))
    : none;
  const routed = wantsRoute ? judgeRoute(service, value(routePort), listenPort) : [];
  const retired = read.given.has(routeTarget.key) ? [reason('service_retired', routeTarget.key)] : [];
  return { set: scraped.set, reasons: [...scraped.reasons, ...routed, ...retired] };
}

interface Part {
  readonly set: ReadonlyMap<string, string>;
  readonly reasons: readonly Reason[];
}

const none: Part = { set: new Map(), reasons: [] };

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

interface ReadAnnotations {
  readonly given: ReadonlyMap<string, { readonly value: unknown }>;
  readonly reasons: readonly Reason[];
}

function readAnnotations(annotations: ReadonlyMap<string, string>, lock: Lock | undefined): ReadAnnotations {
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
