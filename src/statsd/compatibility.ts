import type { statsdFlags } from '../contract/statsd.ts';
import { compatibility } from '../contract/statsd-sockets.ts';
import type { Settings } from '../flags/flag.ts';
import type { Logger } from '../runtime/logger.ts';

/** Says once which flags of statsd_exporter were given that have no effect here. */
export function logIgnored(settings: Settings<typeof statsdFlags>, log: Logger): void {
  const given = Object.entries(compatibility).filter(
    ([key]) => settings[key as keyof typeof compatibility] !== undefined,
  );
  if (given.length === 0) return;
  log.warn('statsd: flags of statsd_exporter that have no effect here', {
    flags: given.map(([, { name }]) => `--${name}`),
  });
}
