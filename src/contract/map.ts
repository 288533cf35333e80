import { file, oneOf, optional } from '../flags/codecs.ts';
import { flag, type Settings } from '../flags/flag.ts';
import { statsdFlags } from './statsd.ts';

/** Flags of `map`; what the runtime reads lines and a mapping by is the runtime's. */
export const mapFlags = {
  mapping: flag({
    name: 'mapping',
    codec: optional(file),
    default: undefined as string | undefined,
    doc: 'The mapping file, or a directory whose first *.yml or *.yaml file is the mapping; - is standard input. Without it there is none.',
    example: 'mapping.yml',
  }),
  failOn: flag({
    name: 'fail-on',
    codec: oneOf('refused', 'unmapped'),
    default: 'refused' as 'refused' | 'unmapped',
    doc: 'What makes the exit code 1: a line or sample that is refused, or one that no rule matches too. Errors of the mapping always do.',
    example: 'unmapped',
  }),
  output: flag({
    name: 'output',
    short: 'o',
    codec: oneOf('text', 'json', 'page'),
    default: 'text' as 'text' | 'json' | 'page',
    doc: 'What becomes of each line for people, or as JSON for programs; or the metrics page that the lines give.',
    example: 'json',
  }),
  strictConfig: statsdFlags.strictConfig,
  compatGlob: statsdFlags.compatGlob,
  observerType: statsdFlags.observerType,
  histogramBuckets: statsdFlags.histogramBuckets,
  summaryQuantiles: statsdFlags.summaryQuantiles,
  parseDogstatsdTags: statsdFlags.parseDogstatsdTags,
  parseInfluxdbTags: statsdFlags.parseInfluxdbTags,
  parseLibratoTags: statsdFlags.parseLibratoTags,
  parseSignalfxTags: statsdFlags.parseSignalfxTags,
  valuelessTags: statsdFlags.valuelessTags,
  containerIdLabel: statsdFlags.containerIdLabel,
  setWindow: statsdFlags.setWindow,
  nameLimit: statsdFlags.nameLimit,
  exposeEvents: statsdFlags.exposeEvents,
};

export type MapSettings = Settings<typeof mapFlags>;
