import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A path for a socket in a directory of its own, which is removed when the test ends. */
export function unixPath(): string {
  const directory = mkdtempSync(join(tmpdir(), 'statsd-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, 'statsd.sock');
}
