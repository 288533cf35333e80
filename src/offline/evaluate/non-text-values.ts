import type { Outcome, Reason } from '../../inject/outcome/outcome.ts';
import { reason, shownKey } from '../../inject/outcome/reason-text.ts';
import { reasons as catalogue } from '../../inject/outcome/reasons.ts';
import { isOurs } from '../../inject/request/request.ts';
import { isList, type Json, type JsonObject, listOf, objectOf } from '../../json/json.ts';
import { podAnnotations } from '../../kinds/annotations.ts';
import type { ManifestObject } from '../../manifest/objects.ts';
import { type Path, writtenAt } from '../../manifest/path.ts';
import type { ManifestDocument } from '../../manifest/read/manifest.ts';

/** An object whose annotations and labels are all texts, and the problems of those that were not. */
export interface TextValues {
  readonly object: ManifestObject;
  /** The subjects are paths from the object. */
  readonly reasons: readonly Reason[];
}

const fields = ['annotations', 'labels'] as const;
/** A person corrects no more in one go. */
const mostReasons = 100;

/** An annotation or a label that is no string. */
interface NonTextValue {
  /** The path from the object to the owner of the metadata: the object itself, a pod template, a volume claim. */
  readonly inner: Path;
  readonly field: (typeof fields)[number];
  readonly key: string;
  readonly value: Json;
}

/**
 * YAML reads `true`, `8125` and `null` without quotes as a boolean, a number and null, and the API server refuses an
 * object whose annotations or labels hold one. The object is evaluated as if the quotes were there, so that missing
 * quotes hide no other problem.
 */
export function withTextValues(document: ManifestDocument, object: ManifestObject): TextValues {
  const all = metadataPaths(object).flatMap((inner) => nonTextsIn(object.value, inner));
  if (all.length === 0) return { object, reasons: [] };
  const reported = [...all.filter(({ key }) => isOurs(key)), ...all.filter(({ key }) => !isOurs(key))].slice(
    0,
    mostReasons,
  );
  // Looking up the source of one value takes as long as its map has entries, so only reported values are looked up.
  const sources = new Map(reported.map((one) => [one, writtenAt(document, [...object.path, ...pathOf(one)])]));
  const asText = (one: NonTextValue) => (isScalar(one.value) ? (sources.get(one) ?? String(one.value)) : '');
  const maps = new Map(all.map(({ inner, field }) => [JSON.stringify([inner, field]), [...inner, 'metadata', field]]));
  const texts = new Map(all.map((one) => [JSON.stringify([one.inner, one.field, one.key]), asText(one)]));
  let value: Json = object.value;
  for (const [id, path] of maps) {
    const [inner, field] = JSON.parse(id) as [Path, string];
    value = withMap(value, path, (key) => texts.get(JSON.stringify([inner, field, key])));
  }
  const whole = value as JsonObject;
  const pods = object.pods.map((location) => {
    const own = objectOf(valueAt(whole, location.path.slice(object.path.length)));
    return own === undefined ? location : { ...location, value: own };
  });
  return {
    object: { ...object, value: whole, pods },
    reasons: reported.map((one) => {
      const subject = `${dotted(pathOf(one).slice(0, -1))} ${shownKey(one.key)}`;
      return reason('not_string', subject, correctionOf(one, sources.get(one) ?? ''));
    }),
  };
}

function nonTextsIn(object: JsonObject, inner: Path): readonly NonTextValue[] {
  const metadata = objectOf(valueAt(object, [...inner, 'metadata']));
  return fields.flatMap((field) =>
    Object.entries(objectOf(metadata?.[field]) ?? {})
      .filter(([, value]) => typeof value !== 'string')
      .map(([key, value]) => ({ inner, field, key, value })),
  );
}

function pathOf({ inner, field, key }: NonTextValue): Path {
  return [...inner, 'metadata', field, key];
}

function isScalar(value: Json): value is boolean | number {
  return typeof value === 'boolean' || typeof value === 'number';
}

/** The outcome for a part of an object that the API server refuses: nothing is written into it. */
export function refusedByApiServer(outcome: Outcome): Outcome {
  const decision = outcome.decision === 'injected' ? 'invalid' : outcome.decision;
  const reasons = outcome.reasons.filter(({ code }) => catalogue[code].severity !== 'info');
  return { ...outcome, decision, reasons, patch: [] };
}

/** The paths from the object to everything in it that has metadata. */
function metadataPaths({ value, path, pods }: ManifestObject): readonly Path[] {
  const claims = listOf(objectOf(value.spec)?.volumeClaimTemplates) ?? [];
  const all: readonly Path[] = [
    [],
    ['spec', 'jobTemplate'],
    ...pods.map((location) => location.path.slice(path.length)),
    ...claims.map((_, i) => ['spec', 'volumeClaimTemplates', i]),
  ];
  // A pod is both the object and its pod.
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

/** The correction that a reason proposes: quotes around the value, where the annotation accepts it as a text. */
function correctionOf({ key, value }: NonTextValue, source: string): string {
  if (value === null) return 'it is null; write "" or leave the key out';
  if (!isScalar(value)) return `it is a ${isList(value) ? 'list' : 'map'}; write a string`;
  const problem = `${source} is a ${typeof value}`;
  const isAccepted = podAnnotations.get(key)?.codec.parse(source).ok ?? true;
  return isAccepted ? `${problem}; write "${source}" in quotes` : problem;
}

function valueAt(json: Json | undefined, path: Path): Json | undefined {
  return path.reduce<Json | undefined>(
    (at, step) => (typeof step === 'number' ? listOf(at)?.[step] : objectOf(at)?.[step]),
    json,
  );
}

/** The value with texts in the map at a path, for the keys that have one. */
function withMap(json: Json, [step, ...rest]: Path, textOf: (key: string) => string | undefined): Json {
  if (step === undefined) {
    const entries = Object.entries(json as JsonObject);
    return Object.fromEntries(entries.map(([key, value]) => [key, textOf(key) ?? value]));
  }
  if (isList(json)) return json.map((item, i) => (i === step ? withMap(item, rest, textOf) : item));
  const object = json as JsonObject;
  return { ...object, [step]: withMap(object[step]!, rest, textOf) };
}

function dotted(path: Path): string {
  return path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('');
}
