import { scrapeConfigFlags } from '../../contract/monitoring.ts';
import { parseFlags } from '../../flags/parse-flags.ts';
import { scrapeConfigFile, scrapeJobs } from '../../monitoring/scrape-jobs.ts';
import { exit } from '../../terminal/exit.ts';
import { fail, type Io } from '../../terminal/io.ts';

/** `metrics-sidecar scrape-config`: prints the scrape jobs for a Prometheus without the operator. */
export async function runScrapeConfig(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseFlags(scrapeConfigFlags, args, io.env);
  if (!parsed.ok) return fail(io, 'scrape-config', exit.usage, parsed.problems, true);
  const { output, ...options } = parsed.settings;
  io.out.write(output === 'list' ? scrapeJobs(options) : scrapeConfigFile(options));
  return exit.ok;
}
