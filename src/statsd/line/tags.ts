import type { Labels } from '../../exposition/metric/family.ts';
import { escapeName } from './escape.ts';

/** The styles of tags in names; statsd_exporter has a flag for each. */
export interface NameTagStyles {
  /** `name,tag=value,…` */
  readonly influxdbTags: boolean;
  /** `name#tag=value,…` */
  readonly libratoTags: boolean;
  /** `name[tag=value,…]`, the brackets anywhere in the name. */
  readonly signalfxTags: boolean;
}

/** A name and its tags. */
export interface TaggedName {
  /** Not escaped; empty where the line has only tags. */
  readonly name: string;
  readonly labels: Labels;
  /** Number of malformed tags, which are left out. */
  readonly errors: number;
}

const hashByte = 35;
const commaByte = 44;

/**
 * Separates the tags from a name, as statsd_exporter does: SignalFX first, and any bracket excludes the other styles;
 * then Librato's `#` or InfluxDB's `,`, whichever comes first. Commas separate tags in all styles, `=` ends a key.
 *
 * Brackets that are not a pair are one error and part of the name. So are brackets in the wrong order, which end the
 * process of statsd_exporter.
 */
export function readNameTags(name: string, styles: NameTagStyles): TaggedName {
  if (styles.signalfxTags) {
    const open = name.indexOf('[');
    const close = name.indexOf(']');
    if (open !== -1 && close > open)
      return tagged(name.slice(0, open) + name.slice(close + 1), name.slice(open + 1, close));
    if (open !== -1 || close !== -1) return { name, labels: [], errors: 1 };
  }
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if ((code === hashByte && styles.libratoTags) || (code === commaByte && styles.influxdbTags))
      return tagged(name.slice(0, i), name.slice(i + 1));
  }
  return { name, labels: [], errors: 0 };
}

function tagged(name: string, list: string): TaggedName {
  const labels = new Map<string, string>();
  const errors = readTags(list, '=', labels, false);
  return { name, labels: [...labels], errors };
}

/**
 * Reads the inside of a DogStatsD `|#` section into `labels`; of several tags with the same escaped key the last one
 * wins. A `#` before a tag is dropped (the PHP client writes one before each). A trailing comma is not an error.
 *
 * @param valueless whether a tag without a colon becomes a label with the value `true`.
 * @returns the number of malformed tags: empty, without a colon, without a key or without a value.
 */
export function readDogstatsdTags(section: string, labels: Map<string, string>, valueless: boolean): number {
  return readTags(section, ':', labels, valueless);
}

function readTags(list: string, separator: '=' | ':', labels: Map<string, string>, valueless: boolean): number {
  let errors = 0;
  const tags = list.split(',');
  if (tags[tags.length - 1] === '') tags.pop();
  for (const tag of tags) {
    const start = separator === ':' && tag.startsWith('#') ? 1 : 0;
    const end = tag.indexOf(separator, start);
    if (end > start && end < tag.length - 1) labels.set(escapeName(tag.slice(start, end)), tag.slice(end + 1));
    else if (valueless && end === -1 && tag.length > start) labels.set(escapeName(tag.slice(start)), 'true');
    else errors++;
  }
  return errors;
}
