import type { KindName } from '../../contract/names.ts';
import type { Operation } from '../../json/operation.ts';
import type { ReasonCode } from './reasons.ts';

/**
 * What becomes of an object.
 * - injected: the patch adds things.
 * - unchanged: nothing was asked, or it is done already; the patch is empty.
 * - skipped: asked, but a rule says no; the patch writes the status annotation that says why.
 * - invalid: what was asked is wrong; the patch writes the status annotation only.
 * - denied: refused, because the pod may not run without its sidecar; no patch, the message lists all problems.
 */
export type Decision = 'injected' | 'unchanged' | 'skipped' | 'invalid' | 'denied';

/** One finding. Its sentence is made of the catalogue's words and the detail. */
export interface Reason {
  readonly code: ReasonCode;
  /** What it is about: an annotation's key, a container, a field. */
  readonly subject: string;
  readonly detail: string;
}

export interface Outcome {
  readonly decision: Decision;
  readonly kinds: readonly KindName[];
  readonly patch: readonly Operation[];
  readonly reasons: readonly Reason[];
  /** For `AdmissionResponse.warnings`: one line each, at most 120 characters. */
  readonly warnings: readonly string[];
  /** Present when denied. */
  readonly message?: string;
}
