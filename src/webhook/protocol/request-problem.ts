/** The problems of requests that are refused. The code is a metric label, so their number is fixed. */
export const problems = {
  not_found: { status: 404, reason: 'NotFound' },
  method_not_allowed: { status: 405, reason: 'MethodNotAllowed' },
  wrong_content_type: { status: 415, reason: 'UnsupportedMediaType' },
  too_large: { status: 413, reason: 'RequestEntityTooLarge' },
  too_many_inflight: { status: 429, reason: 'TooManyRequests' },
  fragmented: { status: 400, reason: 'BadRequest' },
  wrong_encoding: { status: 415, reason: 'UnsupportedMediaType' },
  expectation: { status: 417, reason: 'ExpectationFailed' },
  not_http: { status: 400, reason: 'BadRequest' },
  timeout: { status: 408, reason: 'Timeout' },
  incomplete: { status: 400, reason: 'BadRequest' },
  not_json: { status: 400, reason: 'BadRequest' },
  not_a_review: { status: 400, reason: 'BadRequest' },
  unknown_version: { status: 400, reason: 'BadRequest' },
  no_request: { status: 400, reason: 'BadRequest' },
  no_uid: { status: 400, reason: 'BadRequest' },
  client_no_certificate: { status: 401, reason: 'Unauthorized' },
  client_not_trusted: { status: 403, reason: 'Forbidden' },
  client_expired: { status: 403, reason: 'Forbidden' },
  client_wrong_usage: { status: 403, reason: 'Forbidden' },
  client_wrong_name: { status: 403, reason: 'Forbidden' },
  internal: { status: 500, reason: 'InternalError' },
} as const satisfies Record<string, { status: number; reason: string }>;

export type ProblemCode = keyof typeof problems;

export interface Problem {
  readonly code: ProblemCode;
  /** One sentence that names the problem. */
  readonly message: string;
  /** The address of the caller, where the problem is its client certificate. */
  readonly from?: string;
}

/**
 * The body of a refusal: a `metav1.Status`. The API server calls webhooks by client-go, which shows the message of a
 * Status in the body of a non-2xx answer to the user of kubectl, and replaces any other body by a general text ("the
 * server rejected our request for an unknown reason").
 */
export function statusBody({ code, message }: Omit<Problem, 'from'>): string {
  const { status, reason } = problems[code];
  return `${JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code: status })}\n`;
}
