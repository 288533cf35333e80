import type { statsdFlags } from '../contract/statsd.ts';
import type { Settings } from '../flags/flag.ts';
import type { Logger } from '../runtime/logger.ts';
import { checkMapping } from './mapping/file/live-mapping.ts';
import { mappingReader } from './mapping/file/mapping-reader.ts';

/**
 * The flag `--check-config` of statsd_exporter: reads the mapping file as at a start, opens nothing, and logs the
 * findings.
 *
 * @returns whether the process could start with it; without a mapping file it could.
 */
export async function checkConfig(settings: Settings<typeof statsdFlags>, log: Logger): Promise<boolean> {
  const { mappingConfig: path } = settings;
  const problem = path === undefined ? undefined : await checkMapping(path, await mappingReader(settings), log);
  if (problem === undefined) log.info('statsd: configuration check successful');
  else log.error('statsd: configuration check failed', { problem });
  return problem === undefined;
}
