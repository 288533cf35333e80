import { reasonReference } from '../../reference/reasons.ts';
import type { Io } from '../../terminal/io.ts';
import { printReference } from './print-reference.ts';

/** `metrics-sidecar reasons [CODE]`: every reason of a decision, or all that is known of one. */
export async function runReasons(args: readonly string[], io: Io): Promise<number> {
  return printReference(reasonReference, args, io);
}
