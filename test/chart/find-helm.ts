import { findProgram } from './find-program.ts';

/** The path of a Helm that runs here; undefined where there is none. */
export function findHelm(): Promise<string | undefined> {
  return findProgram('helm');
}
