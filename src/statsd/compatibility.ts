import type { statsdFlags } from '../contract/statsd.ts';
import { compatibility } from '../contract/statsd-sockets.ts';
import type { Settings } from '../flags/flag.ts';
import type { Logger } from '../runtime/logger.ts';

/** Logs the flags of statsd_exporter that are set and have no effect here. */
export function logIgnored(settings: Settings<typeof statsdFlags>, log: Logger): void {
  const ignored = Object.entries(compatibility).filter(
    ([key]) => settings[key as keyof typeof compatibility] !== undefined,
  );
  if (ignored.length === 0) return;
  log.warn('statsd: flags of statsd_exporter that have no effect here', {
    flags: ignored.map(([, { name }]) => `--${name}`),
  });
}
