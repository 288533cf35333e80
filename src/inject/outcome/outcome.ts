import type { KindName } from '../../contract/names.ts';
import type { Operation } from '../../json/operation.ts';
import type { ReasonCode } from './reasons.ts';

/**
 * The decision about an object.
 * - injected: the patch adds the sidecar.
 * - unchanged: the object asks for nothing, or was injected already; the patch is empty.
 * - skipped: the object asks, but a rule forbids it; the patch writes the status annotation with the reason.
 * - invalid: the object asks with wrong values; the patch writes the status annotation only.
 * - denied: the pod is refused, because it may not run without its sidecar; no patch, the message lists all problems.
 */
export type Decision = 'injected' | 'unchanged' | 'skipped' | 'invalid' | 'denied';

/** One reason of an outcome. Its sentence is the catalogue's, between the subject and the detail. */
export interface Reason {
  readonly code: ReasonCode;
  /** An annotation's key, a container or a field. */
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
