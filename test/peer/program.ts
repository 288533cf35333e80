import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program of that name: named by its environment variable (`STATSD_EXPORTER`), or found on the PATH. */
export function findProgram(name: string, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const named = env[name.toUpperCase().replaceAll('-', '_')] ?? '';
  const places = (env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name));
  return [named, ...places].find((path) => path !== '' && executable(path));
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
