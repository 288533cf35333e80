import { quote } from '../../flags/codec.ts';
import type { Reason } from './outcome.ts';
import { type ReasonCode, reasons } from './reasons.ts';

/** A longer warning may be cut by the API server, and many together dropped (Kubernetes, admission webhook practices). */
const longest = 120;
const most = 10;
/** The longest that a user's text makes a detail. */
const longestDetail = 240;

/** A finding; texts that people wrote are quoted by the caller, and cut here. */
export function reason(code: ReasonCode, subject: string, detail = ''): Reason {
  return { code, subject: cut(subject, longestDetail), detail: cut(detail, longestDetail) };
}

/** An annotation's or a label's key as it may stand in a sentence; a qualified name stands as it is. */
export function shownKey(key: string): string {
  return /^[\w./-]{1,120}$/.test(key) ? key : quote(key);
}

/** The whole sentence: `statsd.metrics-sidecar.io/udp-port: wrong value: "eighty" is not a port, 1 to 65535`. */
export function sentence({ code, subject, detail }: Reason): string {
  return [subject, reasons[code].sentence, detail].filter((part) => part !== '').join(': ');
}

/** The warnings of an outcome: errors and warnings, in the order they were found, as short as Kubernetes asks. */
export function warningsOf(found: readonly Reason[]): string[] {
  const lines = found.filter(({ code }) => reasons[code].severity !== 'info').map((one) => cut(short(one), longest));
  return lines.length <= most ? lines : [...lines.slice(0, most - 1), `and ${lines.length - most + 1} more findings`];
}

/** All problems of a refused pod in one line. */
export function messageOf(found: readonly Reason[]): string {
  const lines = found.filter(({ code }) => reasons[code].severity === 'error').map(sentence);
  const shown = lines.slice(0, 50);
  if (lines.length > shown.length) shown.push(`and ${lines.length - shown.length} more`);
  return shown.join('; ');
}

/** Codes whose details say by themselves what is wrong; the catalogue's words before them would cost their end. */
const speaking: ReadonlySet<ReasonCode> = new Set([
  'bad_value',
  'bad_namespace_label',
  'container_patch',
  'service_value',
]);

function short(found: Reason): string {
  const whole = sentence(found);
  return whole.length <= longest || !speaking.has(found.code) ? whole : `${found.subject}: ${found.detail}`;
}

function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = length - 3;
  // Never half of a surrogate pair.
  const high = /[\ud800-\udbff]/.test(text[end - 1]!) ? 1 : 0;
  return `${text.slice(0, end - high)}...`;
}
