import type { Labels } from '../../exposition/metric/family.ts';
import { readDogstatsdTags } from './tags.ts';

export type AlertType = 'error' | 'warning' | 'info' | 'success';

/** The reasons why an event or a service check is refused. They are ours: statsd_exporter knows neither. */
export type MessageReason = 'malformed_event' | 'malformed_service_check';

/** An event of DogStatsD: a text for people, of which only the alert type is a metric. */
export interface EventLine {
  readonly kind: 'event';
  readonly alertType: AlertType;
}

/** A service check of DogStatsD. */
export interface ServiceCheckLine {
  readonly kind: 'service_check';
  /** The name as the sender wrote it. */
  readonly name: string;
  /** 0: ok, 1: warning, 2: critical, 3: unknown. */
  readonly status: number;
  /** Its tags, and `hostname` where the line has one. */
  readonly labels: Labels;
  /** Number of malformed tags. */
  readonly tagErrors: number;
}

type Refused = { readonly kind: 'refused'; readonly reason: MessageReason; readonly tagErrors: number };

const event = Buffer.from('_e{');
const check = Buffer.from('_sc|');
const barByte = 124;
const lengths = /^_e\{([0-9]{1,9}),([0-9]{1,9})\}:/;
const alertTypes: ReadonlySet<string> = new Set<AlertType>(['error', 'warning', 'info', 'success']);
/** `_e{`, two lengths, `}:`. */
const longestHead = 24;

/**
 * Whether a line begins as an event or a service check of DogStatsD; then it is nothing else, as in Datadog's agent.
 */
export function isMessage(line: Buffer): boolean {
  return line[0] === event[0] && (startsWith(line, event) || startsWith(line, check));
}

function startsWith(line: Buffer, start: Buffer): boolean {
  return line.length >= start.length && line.compare(start, 0, start.length, 0, start.length) === 0;
}

/**
 * Reads an event, `_e{TITLE BYTES,TEXT BYTES}:TITLE|TEXT|section…`, or a service check, `_sc|NAME|STATUS|section…`.
 * Sections without a meaning for metrics are skipped; an invalid alert type counts as `info`, the default.
 */
export function readMessage(
  line: Buffer,
  options: { readonly dogstatsdTags: boolean; readonly valuelessTags: boolean },
): EventLine | ServiceCheckLine | Refused {
  return startsWith(line, event) ? readEvent(line) : readServiceCheck(line.toString('utf8'), options);
}

function readEvent(line: Buffer): EventLine | Refused {
  const malformed = { kind: 'refused', reason: 'malformed_event', tagErrors: 0 } as const;
  const head = lengths.exec(line.toString('latin1', 0, longestHead));
  if (head === null) return malformed;
  const titleEnd = head[0].length + Number(head[1]);
  const end = titleEnd + 1 + Number(head[2]);
  if (head[1] === '0' || end > line.length || line[titleEnd] !== barByte) return malformed;
  if (end < line.length && line[end] !== barByte) return malformed;
  const section = line
    .toString('utf8', end + 1)
    .split('|')
    .find((part) => part.startsWith('t:'));
  const alertType = section?.slice(2) ?? '';
  return { kind: 'event', alertType: isAlertType(alertType) ? alertType : 'info' };
}

function isAlertType(text: string): text is AlertType {
  return alertTypes.has(text);
}

function readServiceCheck(
  text: string,
  { dogstatsdTags, valuelessTags }: { readonly dogstatsdTags: boolean; readonly valuelessTags: boolean },
): ServiceCheckLine | Refused {
  const [, name = '', status = '', ...sections] = text.split('|');
  if (name === '' || !/^[0-3]$/.test(status)) {
    return { kind: 'refused', reason: 'malformed_service_check', tagErrors: 0 };
  }
  const labels = new Map<string, string>();
  let tagErrors = 0;
  for (const section of sections) {
    // The message is the last section, and may contain bars.
    if (section.startsWith('m:')) break;
    if (section.startsWith('#') && dogstatsdTags)
      tagErrors += readDogstatsdTags(section.slice(1), labels, valuelessTags);
    else if (section.startsWith('h:') && section.length > 2) labels.set('hostname', section.slice(2));
  }
  return { kind: 'service_check', name, status: Number(status), labels: [...labels], tagErrors };
}
