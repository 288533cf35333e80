import { quote } from '../../flags/codec.ts';
import { isList, isObject, type Json, type JsonObject } from '../../json/json.ts';
import { pointer } from '../../json/operation.ts';
import { didYouMean } from '../../text/nearest.ts';

/** Takes a problem and the JSON pointer of its value in the container. */
export interface Report {
  (path: string, problem: string): void;
  /** Whether further problems are not told: looking for them would only take time. */
  isFull(): boolean;
}

/** Checks one value of a container; null is absent, as for the API server. */
export type Shape = (value: Json, path: string, report: Report) => void;

/** A rule about several fields of one object. */
export type Rule = (object: JsonObject, path: string, report: Report) => void;

/** The largest values of Kubernetes' integers; JSON has no larger exact ones than the second. */
export const mostInt32 = 2 ** 31 - 1;
export const mostInt64 = Number.MAX_SAFE_INTEGER;

/** A text; `problemOf` says what is wrong with one. */
export function text(problemOf?: (value: string) => string | undefined): Shape {
  return (value, path, report) => {
    if (typeof value !== 'string') return report(path, `${shown(value)} is not a text`);
    const problem = problemOf?.(value);
    if (problem !== undefined) report(path, `${quote(value)} ${problem}`);
  };
}

/** One of some words; the empty text is the default, as for the API server. */
export function word(...words: readonly string[]): Shape {
  return text((value) => (value === '' || words.includes(value) ? undefined : `is none of ${words.join(', ')}`));
}

/** One of some words; the API server refuses the empty text. */
export function exactWord(...words: readonly string[]): Shape {
  return text((value) => (words.includes(value) ? undefined : `is none of ${words.join(', ')}`));
}

export const flag: Shape = (value, path, report) => {
  if (typeof value !== 'boolean') report(path, `${shown(value)} is not true or false`);
};

export function integer(least: number, most: number): Shape {
  return (value, path, report) => {
    if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return;
    const range = most >= mostInt32 ? `a whole number from ${least}` : `${least} to ${most}`;
    report(path, `${shown(value)} is not ${range}`);
  };
}

/** @param absent the value that a null in the list stands for */
export function list(of: Shape, absent: Json = {}): Shape {
  return (value, path, report) => {
    if (!isList(value)) return report(path, `${shown(value)} is not a list`);
    for (const [i, item] of value.entries()) {
      if (report.isFull()) return;
      of(item ?? absent, `${path}/${i}`, report);
    }
  };
}

export function object(fields: Readonly<Record<string, Shape>>, ...rules: readonly Rule[]): Shape {
  const names = Object.keys(fields);
  return (value, path, report) => {
    if (!isObject(value)) return report(path, `${shown(value)} is not an object`);
    for (const [name, held] of Object.entries(value)) {
      if (report.isFull()) return;
      const at = path + pointer(name);
      if (!Object.hasOwn(fields, name)) report(at, `no such field${didYouMean(name.slice(0, 60), names)}`);
      else if (held !== null) fields[name]!(held, at, report);
    }
    for (const rule of rules) rule(value, path, report);
  };
}

/** An object that has to have exactly one of some fields. */
export function oneOf(...names: readonly string[]): Rule {
  return (value, path, report) => {
    const given = names.filter((name) => isGiven(value[name]));
    if (given.length === 0) report(path, `needs one of ${names.join(', ')}`);
    else if (given.length > 1) report(path, `has ${given.join(' and ')}: one of them is right`);
  };
}

/** Fields that have to be there, and not empty. */
export function needs(...names: readonly string[]): Rule {
  return (value, path, report) => {
    for (const name of names) {
      const held = value[name];
      if (!isGiven(held) || held === '' || (isList(held) && held.length === 0))
        report(path + pointer(name), 'is needed');
    }
  };
}

/** The list's items have to differ in what `keyOf` gives; undefined is left out. */
export function unique(
  items: readonly Json[],
  keyOf: (item: JsonObject) => string | undefined,
  report: (i: number, key: string) => void,
): void {
  const seen = new Set<string>();
  for (const [i, item] of items.entries()) {
    const key = isObject(item) ? keyOf(item) : undefined;
    if (key === undefined) continue;
    if (seen.has(key)) report(i, key);
    seen.add(key);
  }
}

export function isGiven(value: Json | undefined): value is Exclude<Json, null> {
  return value !== undefined && value !== null;
}

/** A value for a sentence, as JSON, cut. */
export function shown(value: Json): string {
  const json = JSON.stringify(value);
  return json.length > 60 ? `${json.slice(0, 57)}...` : json;
}
