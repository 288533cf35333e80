import { spawnSync } from 'node:child_process';

/** Reads a configuration without scraping; unknown keys are errors. The empty text where it is right. */
export function vmagentSays(program: string, file: string): string {
  const { status, stderr } = spawnSync(
    program,
    ['-dryRun', `-promscrape.config=${file}`, '-promscrape.config.strictParse', '-remoteWrite.url=http://127.0.0.1:1'],
    { encoding: 'utf8' },
  );
  return status === 0 ? '' : stderr;
}
