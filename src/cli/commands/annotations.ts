import { annotationReference } from '../../reference/annotations.ts';
import type { Io } from '../../terminal/io.ts';
import { printReference } from './print-reference.ts';

/** `metrics-sidecar annotations [KEY]`: every annotation that people may set, or all that is known of one. */
export async function runAnnotations(args: readonly string[], io: Io): Promise<number> {
  return printReference(annotationReference, args, io);
}
