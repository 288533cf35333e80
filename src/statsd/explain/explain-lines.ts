import { sidecarFlags } from '../../contract/sidecar.ts';
import type { statsdFlags } from '../../contract/statsd.ts';
import type { StoreLimits } from '../../exposition/metric/metric-store.ts';
import { createStore } from '../../exposition/store.ts';
import { defaults, type Settings } from '../../flags/flag.ts';
import { rejections } from '../counts/mapping-use.ts';
import { reportMetrics } from '../counts/report-metrics.ts';
import { mappingReader, observerFallback } from '../mapping/file/mapping-reader.ts';
import { firstError } from '../mapping/findings.ts';
import type { Finding, Mapping } from '../mapping/mapping.ts';
import { observerSettings } from '../mapping/rules/observer-settings.ts';
import { createPipeline } from '../pipeline/create-pipeline.ts';
import { remap } from '../pipeline/remap.ts';
import { LineExplainer } from './explain-line.ts';
import type { Explanation } from './explanation.ts';

export interface ExplainOptions {
  readonly settings: Settings<typeof statsdFlags>;
  /** The text of a mapping file, or a mapping; absent: none. */
  readonly mapping?: string | Mapping | undefined;
  /** The limits of the page; absent: those of a sidecar with default flags. */
  readonly limits?: StoreLimits;
  /** The most lines to explain. */
  readonly most?: number;
}

const mostLines = 1000;
/** Explanations depend neither on the time nor on the seed. */
const now = 0;
const seed = 1;
const lfByte = 10;

/**
 * Explains lines, one after the other, in a sidecar that has received nothing else: the engine itself processes them,
 * on a page of their own. Neither lines nor mapping can make it throw.
 *
 * @param lines text or raw bytes; one with newlines is several.
 */
export async function explainLines(
  lines: readonly (string | Uint8Array)[],
  options: ExplainOptions,
): Promise<Explanation> {
  const { settings, limits = sidecarLimits(), most = mostLines } = options;
  const store = createStore({ limits, now: () => now });
  const pipeline = createPipeline(settings, store, seed, now);
  // Declared as in a sidecar, so that no line takes these names; they stay empty.
  reportMetrics(store, { ...pipeline, kernelDrops: async () => undefined, mapping: () => undefined });
  const { mapping, findings, problem } = await read(options);
  if (mapping !== undefined) remap(pipeline, mapping, now);
  const explainer = new LineExplainer(pipeline, settings, observerSettings({}, {}, observerFallback(settings)));
  const all = lines.flatMap(split);
  const explanations = all.slice(0, most).map((line) => explainer.explain(line));
  pipeline.aggregate.collect(now);
  pipeline.sets.collect(store.values, now);
  const refusals = [...rejections(pipeline.counters)].filter(([, count]) => count > 0).sort(([, a], [, b]) => b - a);
  return {
    lines: explanations,
    page: store.render('text').toString(),
    omitted: all.length - explanations.length,
    refused: refusals.map(([reason, count]) => ({ reason, count })),
    unmapped: pipeline.counters.unmapped,
    findings,
    ...(problem !== undefined && { problem }),
  };
}

function sidecarLimits(): StoreLimits {
  const flags = defaults(sidecarFlags);
  return {
    families: flags.limitFamilies,
    series: flags.limitSeries,
    seriesPerFamily: flags.limitSeriesPerFamily,
    valuesPerLabel: flags.limitValuesPerLabel,
    labelsPerSeries: flags.limitLabels,
    labelValueBytes: flags.limitLabelValue,
  };
}

interface ReadMapping {
  readonly mapping?: Mapping;
  readonly findings: readonly Finding[];
  readonly problem?: string;
}

async function read({ mapping, settings }: ExplainOptions): Promise<ReadMapping> {
  if (mapping === undefined) return { findings: [] };
  if (typeof mapping !== 'string') return { mapping, findings: [] };
  const readText = await mappingReader(settings);
  try {
    const result = readText(mapping);
    if (result.ok) return result;
    return { findings: result.findings, problem: firstError(result.findings) ?? 'It is no mapping.' };
  } catch (error) {
    // An exception of a parser of YAML or regular expressions is a problem of the text.
    return { findings: [], problem: String(error) };
  }
}

function split(line: string | Uint8Array): readonly Buffer[] {
  const bytes = typeof line === 'string' ? Buffer.from(line) : Buffer.from(line.buffer, line.byteOffset, line.length);
  const parts: Buffer[] = [];
  let from = 0;
  for (let to = bytes.indexOf(lfByte); to !== -1; to = bytes.indexOf(lfByte, from)) {
    parts.push(bytes.subarray(from, to));
    from = to + 1;
  }
  return [...parts, bytes.subarray(from)];
}
