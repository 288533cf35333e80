import { quote } from '../../flags/codec.ts';
import { type Json, type JsonObject, objectOf, textOf } from '../../json/json.ts';
import type { Operation } from '../../json/operation.ts';
import type { Result } from '../../result/result.ts';
import type { Problem } from './request-problem.ts';

/** The supported versions of the admission API; an answer has the version of its request. */
export const reviewVersions = ['admission.k8s.io/v1', 'admission.k8s.io/v1beta1'] as const;
export type ReviewVersion = (typeof reviewVersions)[number];

/** The fields of an admission request that are read. Texts are unchanged, of any length and content. */
export interface Review {
  readonly version: ReviewVersion;
  readonly uid: string;
  /** Of the object after its conversion (`matchPolicy: Equivalent`); empty where the review has none. */
  readonly group: string;
  readonly kind: string;
  readonly resource: string;
  readonly subResource: string;
  readonly operation: string;
  readonly namespace: string;
  /** Empty for the pods of most controllers, which have a `generateName` alone. */
  readonly name: string;
  readonly dryRun: boolean;
  /** `undefined` where the request has none, as on DELETE. */
  readonly object: JsonObject | undefined;
}

export type ReadReview = Result<Review, Problem>;

/** The answer to one review. */
export interface Answer {
  readonly allowed: boolean;
  readonly patch: readonly Operation[];
  readonly warnings: readonly string[];
  /** The reason of a denial. */
  readonly message?: string;
}

/**
 * Reads an `AdmissionReview` by plain `JSON.parse`: a key `__proto__` becomes an ordinary property of its object, and
 * no part of the object is ever copied into another or written out again.
 */
export function readReview(body: Buffer): ReadReview {
  let document: Json;
  try {
    document = JSON.parse(body.toString()) as Json;
  } catch (error) {
    return refuse('not_json', `the body is not JSON: ${(error as Error).message.slice(0, 160)}`);
  }
  const envelope = objectOf(document);
  if (envelope === undefined || envelope.kind !== 'AdmissionReview') {
    return refuse('not_a_review', `the body is not an AdmissionReview: ${saw(envelope?.kind, 'its kind')}`);
  }
  const version = reviewVersions.find((one) => one === envelope.apiVersion);
  if (version === undefined) {
    const spoken = `this webhook speaks ${reviewVersions.join(' and ')}`;
    return refuse('unknown_version', `${saw(envelope.apiVersion, 'the apiVersion of the review')}; ${spoken}`);
  }
  const request = objectOf(envelope.request);
  if (request === undefined) return refuse('no_request', 'the AdmissionReview has no request');
  const uid = textOf(request.uid) ?? '';
  if (uid === '') return refuse('no_uid', 'the request of the AdmissionReview has no uid: it could not be answered');
  const kind = objectOf(request.kind);
  return {
    ok: true,
    value: {
      version,
      uid,
      group: textOf(kind?.group) ?? '',
      kind: textOf(kind?.kind) ?? '',
      resource: textOf(objectOf(request.resource)?.resource) ?? '',
      subResource: textOf(request.subResource) ?? '',
      operation: textOf(request.operation) ?? '',
      namespace: textOf(request.namespace) ?? '',
      name: textOf(request.name) ?? '',
      dryRun: request.dryRun === true,
      object: objectOf(request.object),
    },
  };
}

/** A written answer, and the bytes of its patch before base64. */
export interface WrittenAnswer {
  readonly body: string;
  readonly patchBytes: number;
}

/** Writes the `AdmissionReview` that answers `review`; it has `patch` and `patchType` where the patch is not empty. */
export function writeAnswer(
  { version, uid }: Pick<Review, 'version' | 'uid'>,
  { allowed, patch, warnings, message }: Answer,
): WrittenAnswer {
  let body = `{"kind":"AdmissionReview","apiVersion":"${version}","response":{"uid":${JSON.stringify(uid)},"allowed":${allowed}`;
  // Not 422: kubectl shows the message of a 422 as a failed validation of a field.
  if (!allowed) body += `,"status":${JSON.stringify({ code: 403, reason: 'Forbidden', message: message ?? '' })}`;
  if (warnings.length > 0) body += `,"warnings":${JSON.stringify(warnings)}`;
  let patchBytes = 0;
  if (patch.length > 0) {
    const bytes = Buffer.from(JSON.stringify(patch));
    patchBytes = bytes.length;
    body += `,"patchType":"JSONPatch","patch":"${bytes.toString('base64')}"`;
  }
  return { body: `${body}}}`, patchBytes };
}

function saw(value: Json | undefined, what: string): string {
  return value === undefined
    ? `${what} is missing`
    : `${what} is ${typeof value === 'string' ? quote(value) : 'no text'}`;
}

function refuse(code: Problem['code'], message: string): ReadReview {
  return { ok: false, problem: { code, message } };
}
