import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** vmagent: named by the environment variable VMAGENT, or found on the PATH. */
export function findVmagent(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const places = (env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'vmagent'));
  return [env['VMAGENT'] ?? '', ...places].find((path) => path !== '' && executable(path));
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Reads a configuration without scraping; unknown keys are errors. The empty text where it is right. */
export function vmagentSays(program: string, file: string): string {
  const { status, stderr } = spawnSync(
    program,
    ['-dryRun', `-promscrape.config=${file}`, '-promscrape.config.strictParse', '-remoteWrite.url=http://127.0.0.1:1'],
    { encoding: 'utf8' },
  );
  return status === 0 ? '' : stderr;
}
