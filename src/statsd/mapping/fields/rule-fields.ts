import { quote } from '../../../flags/codec.ts';
import type { Located, Place } from '../findings.ts';
import type { EventKind } from '../mapping.ts';
import {
  type Context,
  isNull,
  readBoolean,
  readDuration,
  readList,
  readMap,
  readNumber,
  readText,
  readWord,
} from './fields.ts';
import type { Value } from './mapping-document.ts';
import { type ObserverFields, observerReaders } from './observer-fields.ts';

const kinds = ['counter', 'gauge', 'observer', 'timer'] as const;

/** One entry of `mappings`, as in the file. */
export interface RuleFields {
  readonly place: Place;
  /** The keys whose value is not text. That was reported; there is no more to report of them. */
  readonly invalidKeys: ReadonlySet<'match' | 'name'>;
  match?: Located<string>;
  name?: Located<string>;
  labels: readonly LabelField[];
  honorLabels?: boolean;
  matchType?: 'glob' | 'regex';
  help?: Located<string>;
  action?: 'map' | 'drop';
  kind?: Located<EventKind>;
  /** Milliseconds. */
  ttl?: Located<number>;
  scale?: Located<number>;
  readonly observer: ObserverFields;
}

export interface LabelField {
  readonly name: string;
  readonly namePlace: Place;
  readonly value: Located<string>;
}

/** The `defaults` of the file. */
export interface DefaultFields {
  matchType?: 'glob' | 'regex';
  globDisableOrdering?: boolean;
  /** Milliseconds. */
  ttl?: Located<number>;
  readonly observer: ObserverFields;
}

export interface FileFields {
  readonly defaults: DefaultFields;
  readonly rules: readonly RuleFields[];
}

/** Reads the keys of a file. A value of a wrong type is reported, and left out. */
export function readFile(document: Value | undefined, context: Context): FileFields {
  let defaults: DefaultFields = { observer: {} };
  let rules: readonly RuleFields[] = [];
  if (document === undefined) return { defaults, rules };
  readMap(
    document,
    'a mapping file',
    {
      defaults: (value) => {
        defaults = readDefaults(value, context);
      },
      mappings: (value) => {
        rules = (readList(value, 'mappings', context) ?? []).map((item) => readRule(item, context));
      },
    },
    context,
  );
  return { defaults, rules };
}

function readDefaults(value: Value, context: Context): DefaultFields {
  const fields: DefaultFields = { observer: {} };
  readMap(
    value,
    'defaults',
    {
      ...observerReaders(fields.observer, context),
      match_type: (field) => assign(fields, 'matchType', readMatchType(field, context)),
      glob_disable_ordering: (field) =>
        assign(fields, 'globDisableOrdering', readBoolean(field, 'glob_disable_ordering', context)),
      ttl: (field) => assign(fields, 'ttl', readTtl(field, context)),
    },
    context,
  );
  return fields;
}

function readRule(item: Value, context: Context): RuleFields {
  const invalidKeys = new Set<'match' | 'name'>(item.type === 'map' || isNull(item) ? [] : ['match', 'name']);
  const fields: RuleFields = { place: item.place, invalidKeys, labels: [], observer: {} };
  const take = (key: 'match' | 'name', value: Value) => {
    const text = readText(value, key, context);
    if (text === undefined) invalidKeys.add(key);
    else fields[key] = text;
  };
  readMap(
    item,
    'a mapping',
    {
      match: (value) => take('match', value),
      name: (value) => take('name', value),
      labels: (value) => assign(fields, 'labels', readLabels(value, context)),
      honor_labels: (value) => assign(fields, 'honorLabels', readBoolean(value, 'honor_labels', context)),
      match_type: (value) => assign(fields, 'matchType', readMatchType(value, context)),
      help: (value) => assign(fields, 'help', readText(value, 'help', context)),
      action: (value) =>
        assign(fields, 'action', readWord(value, 'action', ['map', 'drop'] as const, 'map', context)?.value),
      match_metric_type: (value) => assign(fields, 'kind', readKind(value, context)),
      ttl: (value) => assign(fields, 'ttl', readTtl(value, context)),
      scale: (value) => assign(fields, 'scale', readNumber(value, 'scale', context)),
      ...observerReaders(fields.observer, context),
    },
    context,
  );
  return fields;
}

function assign<T, K extends keyof T>(target: T, key: K, value: T[K] | undefined): void {
  if (value !== undefined) target[key] = value;
}

function readMatchType(value: Value, context: Context): 'glob' | 'regex' | undefined {
  return readWord(value, 'match_type', ['glob', 'regex'] as const, 'glob', context)?.value;
}

function readKind(value: Value, context: Context): Located<EventKind> | undefined {
  const kind = readWord(value, 'match_metric_type', kinds, undefined, context);
  if (kind?.value !== 'timer') return kind as Located<EventKind> | undefined;
  const message = 'timer is the name of old versions: write observer';
  context.findings.warning(kind.place, 'deprecated_key', message);
  return { value: 'observer', place: kind.place };
}

/** statsd_exporter expires a series with a negative TTL at the next tick, as with one of a nanosecond. */
function readTtl(value: Value, context: Context): Located<number> | undefined {
  const ttl = readDuration(value, 'ttl', context);
  if (ttl === undefined || ttl.value >= 0) return ttl;
  context.findings.warning(ttl.place, 'ttl', 'a series with a negative ttl is forgotten at once');
  return ttl;
}

/** A label without a value is empty text; every other scalar is read as its text. */
function readLabels(value: Value, context: Context): readonly LabelField[] | undefined {
  if (value.type !== 'map') {
    context.findings.error(value.place, 'wrong_type', 'labels have to be a map');
    return undefined;
  }
  return value.entries().flatMap((entry) => {
    const text = isNull(entry.value)
      ? { value: '', place: entry.value.place }
      : readText(entry.value, `label ${quote(entry.key)}`, context);
    return text === undefined ? [] : [{ name: entry.key, namePlace: entry.keyPlace, value: text }];
  });
}
