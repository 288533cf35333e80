import { quote } from '../../flags/codec.ts';
import type { Reason } from './outcome.ts';
import { type ReasonCode, reasons } from './reasons.ts';

/** The API server may cut longer warnings and drop many of them (Kubernetes, admission webhook good practices). */
const longestWarning = 120;
const mostWarnings = 10;
/** Subjects and details quote texts that users wrote. */
const longestDetail = 240;

/** Makes a reason. The caller quotes the texts that people wrote; they are cut here. */
export function reason(code: ReasonCode, subject: string, detail = ''): Reason {
  return { code, subject: cut(subject, longestDetail), detail: cut(detail, longestDetail) };
}

/** The key of an annotation or label for a sentence: a qualified name as it is, any other text quoted. */
export function shownKey(key: string): string {
  return /^[\w./-]{1,120}$/.test(key) ? key : quote(key);
}

/** The whole sentence: `statsd.metrics-sidecar.io/udp-port: wrong value: "eighty" is not a port, 1 to 65535`. */
export function sentence({ code, subject, detail }: Reason): string {
  return [subject, reasons[code].sentence, detail].filter((part) => part !== '').join(': ');
}

/** The warnings of an outcome: its errors and warnings in the order of the steps, as short as Kubernetes asks. */
export function warningsOf(all: readonly Reason[]): string[] {
  const lines = all
    .filter(({ code }) => reasons[code].severity !== 'info')
    .map((one) => cut(warningText(one), longestWarning));
  if (lines.length <= mostWarnings) return lines;
  return [...lines.slice(0, mostWarnings - 1), `and ${lines.length - mostWarnings + 1} more findings`];
}

/** All problems of a refused pod in one line. */
export function messageOf(all: readonly Reason[]): string {
  const lines = all.filter(({ code }) => reasons[code].severity === 'error').map(sentence);
  const shown = lines.slice(0, 50);
  if (lines.length > shown.length) shown.push(`and ${lines.length - shown.length} more`);
  return shown.join('; ');
}

/** Codes whose details explain themselves: the catalogue's sentence is left out where it would cut their end off. */
const selfExplanatoryCodes: ReadonlySet<ReasonCode> = new Set([
  'bad_value',
  'bad_namespace_label',
  'container_patch',
  'env_elsewhere',
  'service_value',
]);

function warningText(one: Reason): string {
  const whole = sentence(one);
  const isWhole = whole.length <= longestWarning || !selfExplanatoryCodes.has(one.code);
  return isWhole ? whole : `${one.subject}: ${one.detail}`;
}

function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = length - 3;
  // Never half of a surrogate pair.
  const high = /[\ud800-\udbff]/.test(text[end - 1]!) ? 1 : 0;
  return `${text.slice(0, end - high)}...`;
}
