import type { Outcome, Reason } from '../../inject/outcome/outcome.ts';
import { reason, shownKey } from '../../inject/outcome/reason-text.ts';
import { reasons as catalogue } from '../../inject/outcome/reasons.ts';
import { isOurs } from '../../inject/request/request.ts';
import { isList, type Json, type JsonObject, listOf, objectOf } from '../../json/json.ts';
import { podAnnotations } from '../../kinds/annotations.ts';
import type { ManifestObject } from '../../manifest/objects.ts';
import { type Path, writtenAt } from '../../manifest/path.ts';
import type { ManifestDocument } from '../../manifest/read/manifest.ts';

/** An object with every annotation and label as a text, and what stood there that is none. */
export interface Texts {
  readonly object: ManifestObject;
  /** About the object; subjects are paths from it. */
  readonly reasons: readonly Reason[];
}

const fields = ['annotations', 'labels'] as const;
/** Further ones say nothing that is new. */
const most = 100;

/** An annotation or a label that is no string, and where it stands: the metadata, as a path from the object. */
interface Odd {
  readonly inner: Path;
  readonly field: (typeof fields)[number];
  readonly key: string;
  readonly value: Json;
}

/**
 * YAML reads `true`, `8125` and `null` without quotes as a boolean, a number and null, and the API server refuses an
 * object whose annotations or labels hold one. The object is judged as it was meant, so that nothing hides behind the
 * quotes.
 */
export function withTexts(document: ManifestDocument, object: ManifestObject): Texts {
  const found = metadataPaths(object).flatMap((inner) => oddIn(object.value, inner));
  if (found.length === 0) return { object, reasons: [] };
  // To find what is written takes as long as the map has entries, so it is done for those that are told.
  const told = [...found.filter(({ key }) => isOurs(key)), ...found.filter(({ key }) => !isOurs(key))].slice(0, most);
  const written = new Map(told.map((one) => [one, writtenAt(document, [...object.path, ...pathOf(one)])]));
  const meant = (one: Odd) => (isScalar(one.value) ? (written.get(one) ?? String(one.value)) : '');
  const maps = new Map(
    found.map(({ inner, field }) => [JSON.stringify([inner, field]), [...inner, 'metadata', field]]),
  );
  const texts = new Map(found.map((one) => [JSON.stringify([one.inner, one.field, one.key]), meant(one)]));
  let value: Json = object.value;
  for (const [id, path] of maps) {
    const [inner, field] = JSON.parse(id) as [Path, string];
    value = withMap(value, path, (key) => texts.get(JSON.stringify([inner, field, key])));
  }
  const whole = value as JsonObject;
  const pods = object.pods.map((place) => {
    const own = objectOf(valueAt(whole, place.path.slice(object.path.length)));
    return own === undefined ? place : { ...place, value: own };
  });
  return {
    object: { ...object, value: whole, pods },
    reasons: told.map((one) => {
      const subject = `${dotted(pathOf(one).slice(0, -1))} ${shownKey(one.key)}`;
      return reason('not_string', subject, cureOf(one, written.get(one) ?? ''));
    }),
  };
}

function oddIn(object: JsonObject, inner: Path): readonly Odd[] {
  const metadata = objectOf(valueAt(object, [...inner, 'metadata']));
  return fields.flatMap((field) =>
    Object.entries(objectOf(metadata?.[field]) ?? {})
      .filter(([, value]) => typeof value !== 'string')
      .map(([key, value]) => ({ inner, field, key, value })),
  );
}

function pathOf({ inner, field, key }: Odd): Path {
  return [...inner, 'metadata', field, key];
}

function isScalar(value: Json): value is boolean | number {
  return typeof value === 'boolean' || typeof value === 'number';
}

/** What becomes of a part of an object that the API server refuses: nothing is written into it. */
export function refusedWhole(outcome: Outcome): Outcome {
  const decision = outcome.decision === 'injected' ? 'invalid' : outcome.decision;
  const reasons = outcome.reasons.filter(({ code }) => catalogue[code].severity !== 'info');
  return { ...outcome, decision, reasons, patch: [] };
}

/** Everything in the object that has metadata, as paths from it. */
function metadataPaths({ value, path, pods }: ManifestObject): readonly Path[] {
  const claims = listOf(objectOf(value.spec)?.volumeClaimTemplates) ?? [];
  const all: readonly Path[] = [
    [],
    ['spec', 'jobTemplate'],
    ...pods.map((place) => place.path.slice(path.length)),
    ...claims.map((_, i) => ['spec', 'volumeClaimTemplates', i]),
  ];
  // A pod is both the object and its pod.
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

/** An annotation of ours that takes no such text is told apart, with what it takes. */
function cureOf({ key, value }: Odd, written: string): string {
  if (value === null) return 'it is null; write "" or leave the key out';
  if (!isScalar(value)) return `it is a ${isList(value) ? 'list' : 'map'}; write a string`;
  const what = `${written} is a ${typeof value}`;
  const isTaken = podAnnotations.get(key)?.codec.parse(written).ok ?? true;
  return isTaken ? `${what}; write "${written}" in quotes` : what;
}

function valueAt(json: Json | undefined, path: Path): Json | undefined {
  return path.reduce<Json | undefined>(
    (at, step) => (typeof step === 'number' ? listOf(at)?.[step] : objectOf(at)?.[step]),
    json,
  );
}

/** The value with texts in the map at a path, where there is one for the key. */
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
