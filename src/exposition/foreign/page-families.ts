import type { Format, Labels, MetricType } from '../metric/family.ts';
import { exceeds, isSorted } from '../metric/labels.ts';
import { isMetricName, ownLabel, sampleNames } from '../metric/metric-names.ts';
import type { PageLimits, ParsedFamily, ParsedSample } from '../metric/parsed-page.ts';
import { formatBound } from '../metric/sample-number.ts';
import { parseNumber, parseSampleLine } from './sample-line.ts';

interface Draft {
  readonly name: string;
  type: MetricType;
  help: string;
  unit: string | undefined;
  typed: boolean;
  helped: boolean;
  readonly samples: ParsedSample[];
  readonly identities: Set<string>;
}

const textTypes: Readonly<Record<string, MetricType>> = {
  counter: 'counter',
  gauge: 'gauge',
  histogram: 'histogram',
  summary: 'summary',
  untyped: 'unknown',
};
const openmetricsTypes: Readonly<Record<string, MetricType>> = {
  counter: 'counter',
  gauge: 'gauge',
  histogram: 'histogram',
  summary: 'summary',
  unknown: 'unknown',
  info: 'info',
  stateset: 'stateset',
};
const boundsCached = 256;
/**
 * Bytes that a sample without labels takes: the sample, its place in the merged page, its entry in the set of lines.
 */
const perLine = 400;
/** Bytes for each character of a line: for labels, their block on the page, and their key. */
const perCharacter = 4;
const metadata = /^#[ \t]+(HELP|TYPE|UNIT)[ \t]+([^ \t]+)(?:[ \t](.*))?$/s;

function unescapeHelp(help: string, format: Format): string {
  const escaped = format === 'openmetrics' ? /\\([\\n"])/g : /\\([\\n])/g;
  return help.replace(escaped, (_, character: string) => (character === 'n' ? '\n' : character));
}

/** Sorts the lines of a page into families. */
export class PageFamilies {
  samples = 0;
  over: 'samples' | 'families' | 'memory' | undefined;
  /** The bytes of the lines so far, by estimate. */
  #memory = 0;
  complete: boolean;
  readonly #format: Format;
  readonly #limits: PageLimits;
  readonly #families = new Map<string, Draft>();
  /** Families by the name in their header: without `_total` for a counter of OpenMetrics. */
  readonly #byHeader = new Map<string, Draft>();
  /** Help and unit of headers without a TYPE so far. */
  readonly #pendingHeaders = new Map<string, { help?: string; unit?: string }>();
  /** The family of each name of a sample. */
  readonly #claims = new Map<string, Draft>();
  /** The canonical spelling of bounds: a page has few bounds, and each many times. */
  readonly #bounds = new Map<string, string>();

  constructor(format: Format, limits: PageLimits) {
    this.#format = format;
    this.#limits = limits;
    this.complete = format === 'text';
  }

  /** Adds a line. @returns a sentence where the line is left out */
  line(text: string): string | undefined {
    if (text.endsWith('\r')) text = text.slice(0, -1);
    if (this.#format === 'openmetrics' && this.complete) return text === '' ? undefined : 'line after # EOF';
    const first = text.trimStart();
    if (first === '') return undefined;
    const problem = first.startsWith('#') ? this.#comment(first) : this.#sample(text);
    // A line with a problem is not stored, so it takes no memory.
    if (problem === undefined) this.#memory += perLine + perCharacter * text.length;
    if (this.#memory > (this.#limits.memory ?? Number.POSITIVE_INFINITY)) this.over ??= 'memory';
    return problem;
  }

  /** The families that have samples. */
  result(): readonly ParsedFamily[] {
    const families: ParsedFamily[] = [];
    for (const { name, type, help, unit, samples } of this.#families.values()) {
      if (samples.length > 0) families.push({ name, type, help, samples, ...(unit === undefined ? {} : { unit }) });
    }
    return families;
  }

  #comment(text: string): string | undefined {
    if (this.#format === 'openmetrics' && text === '# EOF') {
      this.complete = true;
      return undefined;
    }
    const parts = metadata.exec(text);
    if (parts === null) return undefined;
    const [, keyword, name = '', rest = ''] = parts;
    if (!isMetricName(name)) return 'metric name is not valid';
    if (keyword === 'TYPE') return this.#type(name, rest.trim());
    if (keyword === 'UNIT') return this.#format === 'text' ? undefined : this.#note(name, 'unit', rest.trim());
    return this.#note(name, 'help', unescapeHelp(rest, this.#format));
  }

  #note(name: string, what: 'help' | 'unit', text: string): string | undefined {
    const draft = this.#byHeader.get(name);
    if (draft !== undefined) {
      if (what === 'help' ? draft.helped : draft.unit !== undefined)
        return `second ${what.toUpperCase()} line for ${name}`;
      draft[what] = text;
      draft.helped ||= what === 'help';
      return undefined;
    }
    const pending = this.#pendingHeaders.get(name) ?? {};
    if (pending[what] !== undefined) return `second ${what.toUpperCase()} line for ${name}`;
    if (!this.#pendingHeaders.has(name) && this.#pendingHeaders.size >= this.#limits.families) {
      this.over = 'families';
      return undefined;
    }
    pending[what] = text;
    this.#pendingHeaders.set(name, pending);
    return undefined;
  }

  #type(head: string, word: string): string | undefined {
    const type = (this.#format === 'text' ? textTypes : openmetricsTypes)[word];
    if (type === undefined) return word === 'gaugehistogram' ? undefined : `unknown type for ${head}`;
    if (this.#byHeader.get(head)?.typed) return `second TYPE line for ${head}`;
    const name = this.#seriesName(head, type);
    const names = sampleNames(name, type);
    if (names.some((claimed) => this.#claims.has(claimed))) return `${head} is of this page already`;
    const draft = this.#add(name, type, head);
    if (draft !== undefined) draft.typed = true;
    return undefined;
  }

  #seriesName(head: string, type: MetricType): string {
    if (this.#format === 'text') return head;
    return type === 'counter' ? `${head}_total` : type === 'info' ? `${head}_info` : head;
  }

  #add(name: string, type: MetricType, head: string): Draft | undefined {
    if (this.#families.size >= this.#limits.families) {
      this.over = 'families';
      return undefined;
    }
    const { help, unit } = this.#pendingHeaders.get(head) ?? {};
    const helped = help !== undefined;
    const draft: Draft = {
      name,
      type,
      help: help ?? '',
      unit,
      typed: false,
      helped,
      samples: [],
      identities: new Set(),
    };
    this.#pendingHeaders.delete(head);
    this.#families.set(name, draft);
    if (!this.#byHeader.has(head)) this.#byHeader.set(head, draft);
    for (const claimed of sampleNames(name, type)) this.#claims.set(claimed, draft);
    return draft;
  }

  #sample(text: string): string | undefined {
    const sample = parseSampleLine(text, this.#format, this.#limits.labelsPerSeries);
    if (!sample.ok) return sample.problem;
    const draft = this.#familyOf(sample.name);
    if (draft === undefined) return undefined;
    const problem = problemOf(draft, sample.name, sample.labels);
    if (problem !== undefined) return problem;
    const labels = this.#canonicalLabels(draft.type, sample.labels);
    const tooLong = labels.find(([, value]) => exceeds(value, this.#limits.labelValueBytes));
    if (tooLong !== undefined) return `the value of label ${tooLong[0]} is over ${this.#limits.labelValueBytes} bytes`;
    const identity = identityOf(sample.name, labels);
    if (draft.identities.has(identity)) return `second sample of one series of ${draft.name}`;
    if (this.samples >= this.#limits.samples) {
      this.over = 'samples';
      return undefined;
    }
    draft.identities.add(identity);
    this.samples++;
    const { name, value, timestamp } = sample;
    draft.samples.push(timestamp === undefined ? { name, labels, value } : { name, labels, value, timestamp });
    return undefined;
  }

  /** Labels sorted by name, with `le` and `quantile` in our own spelling: `1`, `1.0` and `1e0` are one bucket. */
  #canonicalLabels(type: MetricType, labels: Labels): Labels {
    const own = ownLabel(type);
    const bound = own === undefined ? -1 : labels.findIndex(([name]) => name === own);
    const canonical = [...labels];
    if (bound >= 0) canonical[bound] = [canonical[bound]![0], this.#canonicalBound(canonical[bound]![1])];
    return isSorted(canonical) ? canonical : canonical.sort(([a], [b]) => (a < b ? -1 : 1));
  }

  #canonicalBound(text: string): string {
    const cached = this.#bounds.get(text);
    if (cached !== undefined) return cached;
    const canonical = formatBound(parseNumber(text) ?? Number.NaN);
    if (this.#bounds.size < boundsCached) this.#bounds.set(text, canonical);
    return canonical;
  }

  #familyOf(name: string): Draft | undefined {
    const claimed = this.#claims.get(name);
    if (claimed !== undefined) return claimed;
    if (this.#format === 'openmetrics' && name.endsWith('_created')) {
      const draft = this.#byHeader.get(name.slice(0, -'_created'.length));
      if (draft !== undefined && ['counter', 'histogram', 'summary'].includes(draft.type)) return draft;
    }
    return this.#add(name, 'unknown', name);
  }
}

/** A key of name and labels. Each value follows its length, so only equal samples have equal keys. */
function identityOf(name: string, labels: Labels): string {
  let identity = name;
  for (const [label, value] of labels) identity += ` ${label} ${value.length} ${value}`;
  return identity;
}

/** The problem of a sample with this name and labels in this family. */
function problemOf({ name: family, type }: Draft, name: string, labels: ParsedSample['labels']): string | undefined {
  const own = ownLabel(type);
  if (own === undefined) {
    if (type !== 'stateset' || labels.some(([label]) => label === family)) return undefined;
    return `a sample of the stateset ${family} has no label of that name`;
  }
  if (type === 'histogram' && name === family) return `a histogram has no sample named ${family}`;
  const needsBound = type === 'histogram' ? name === `${family}_bucket` : name === family;
  const bound = labels.find(([label]) => label === own)?.[1];
  if (!needsBound) return bound === undefined ? undefined : `label ${own} does not belong on ${name}`;
  if (bound === undefined) return `a sample of ${name} has no label ${own}`;
  const number = parseNumber(bound);
  return number === undefined || Number.isNaN(number) ? `label ${own} of ${name} is not a number` : undefined;
}
