import type { statsdFlags } from '../../contract/statsd.ts';
import type { Settings } from '../../flags/flag.ts';
import type { LineOptions } from './parse-line.ts';

/** The options of reading lines, from the flags. */
export function lineOptions(settings: Settings<typeof statsdFlags>): LineOptions {
  return {
    dogstatsdTags: settings.parseDogstatsdTags,
    influxdbTags: settings.parseInfluxdbTags,
    libratoTags: settings.parseLibratoTags,
    signalfxTags: settings.parseSignalfxTags,
    valuelessTags: settings.valuelessTags,
    containerId: settings.containerIdLabel,
  };
}
