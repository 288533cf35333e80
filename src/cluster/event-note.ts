import { type KindName, label } from '../contract/names.ts';
import type { Decision, Reason } from '../inject/outcome/outcome.ts';
import { reasons as catalogue } from '../inject/outcome/reasons.ts';
import { podAnnotations } from '../kinds/annotations.ts';

/** Type, reason and message of an Event, whichever object it is about. */
export interface Note {
  readonly type: 'Normal' | 'Warning';
  readonly reason: 'SidecarInjected' | 'SidecarSkipped' | 'SidecarInvalid' | 'SidecarDenied';
  readonly message: string;
}

/** The longest message that `events.k8s.io/v1` takes, in bytes; `core/v1` takes more, but shows an Event in both. */
const longest = 1024;
/** Bytes for the number of findings that had no room. */
const more = 32;

const heads: Readonly<Record<Exclude<Decision, 'unchanged'>, Omit<Note, 'message'> & { readonly says: string }>> = {
  injected: { type: 'Normal', reason: 'SidecarInjected', says: 'Added to pods' },
  skipped: { type: 'Warning', reason: 'SidecarSkipped', says: 'Pods run without a sidecar' },
  invalid: { type: 'Warning', reason: 'SidecarInvalid', says: 'Pods run without a sidecar' },
  denied: { type: 'Warning', reason: 'SidecarDenied', says: 'Pods are refused' },
};

const order = ['error', 'warning', 'info'] as const;

/**
 * The Event of an outcome; none where the pod was left unchanged. It names nothing of a single pod, so that all pods of
 * a template make the same one: `Added to pods: statsd, ingest. spec.containers[0]: … [port_moved]`.
 */
export function noteOf(outcome: {
  readonly decision: Decision;
  readonly kinds: readonly KindName[];
  readonly reasons: readonly Reason[];
}): Note | undefined {
  const { decision, kinds, reasons } = outcome;
  if (decision === 'unchanged') return undefined;
  const { type, reason, says } = heads[decision];
  const head = kinds.length === 0 ? says : `${says}: ${kinds.join(', ')}`;
  const findings = order.flatMap((severity) =>
    reasons
      .filter(({ code }) => catalogue[code].severity === severity)
      .map(({ code, subject }) => ({ code, text: textOf(subject, catalogue[code].sentence) })),
  );
  return { type, reason, message: messageOf(head, findings) };
}

/**
 * A sentence of the catalogue, behind an annotation of ours or the path of a field. No text of a review goes into it:
 * anyone who reaches the webhook's port could write such a text, and people trust an Event as the webhook's own words.
 */
function textOf(subject: string, says: string): string {
  return podAnnotations.has(subject) || subject === label.namespaceInject || fieldPath.test(subject)
    ? `${subject}: ${says}`
    : says;
}

const fieldPath = /^(spec|metadata)(\.[A-Za-z]{1,40}|\[\d{1,6}\]){0,10}$/;

function messageOf(head: string, findings: readonly { readonly code: string; readonly text: string }[]): string {
  let message = head;
  for (const [i, { code, text }] of findings.entries()) {
    const lead = `${message}${i === 0 ? '. ' : '; '}`;
    const room = longest - more - Buffer.byteLength(lead);
    const tail = ` [${code}]`;
    // The first finding is the gravest: it is cut rather than left out.
    const body = i === 0 ? cut(text, room - tail.length) : text;
    if (Buffer.byteLength(body) + tail.length > room) return `${message}; and ${findings.length - i} more`;
    message = `${lead}${body}${tail}`;
  }
  return message;
}

/** At most this many bytes of UTF-8, never half of a character. */
function cut(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(bytes - 3));
  return `${text.slice(0, read)}...`;
}
