import { managedAnnotation } from '../../contract/names.ts';
import { documentBytes, isLonger } from '../../flags/codec.ts';
import {
  isObject,
  type Json,
  type JsonObject,
  listOf,
  numberOf,
  objectOf,
  textListOf,
  textOf,
} from '../../json/json.ts';
import { jsonExcess } from '../../json/json-bounds.ts';
import type { Pod } from './pod.ts';

/**
 * Reading of the status annotation. The webhook writes it, and anyone can edit it: a field of another type than ours
 * counts as absent. `build/status.ts` writes it; `undo.ts` reads its record of the changes.
 */

/** A status that we wrote has some ten levels and a few hundred values. */
const statusBounds = { depth: 32, values: 4096 };

/** The status of a pod or a Service; undefined where the text is no JSON object, or larger than any that we write. */
export function readStatus(text: string | undefined): JsonObject | undefined {
  if (text === undefined || isLonger(text, documentBytes)) return undefined;
  if (jsonExcess(text, statusBounds) !== undefined) return undefined;
  try {
    return objectOf(JSON.parse(text) as Json);
  } catch {
    return undefined;
  }
}

/** The status that an earlier pass wrote, or that came with a copied pod. */
export function statusOf({ annotations }: Pod): JsonObject | undefined {
  return readStatus(annotations.get(managedAnnotation.status));
}

export function isNative(status: JsonObject | undefined): boolean {
  return objectOf(status?.decisions)?.native === true;
}

/**
 * Whose page the pod's `prometheus.io` annotations lead to: a `ScrapeDecision`, or anything else that was edited in.
 */
export function scrapeDecisionOf(status: JsonObject): string | undefined {
  return textOf(objectOf(status.decisions)?.slot);
}

/** The port name of the application that HAProxy took over. */
export function takeoverOf(status: JsonObject): string | undefined {
  return textOf(objectOf(status.decisions)?.takeover);
}

export function portOf(status: JsonObject | undefined, name: string): number | undefined {
  return numberOf(objectOf(status?.ports)?.[name]);
}

export function portsOf(status: JsonObject): ReadonlyMap<string, number> {
  const ports = Object.entries(objectOf(status.ports) ?? {});
  return new Map(ports.filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
}

/** The status of a pod, as reports show it. */
export interface PodStatus {
  readonly injected: boolean;
  readonly version: string;
  readonly kinds: readonly string[];
  readonly native: boolean;
  readonly scrapeDecision: string;
  readonly metricsPort: number | undefined;
  /** Codes of an injected pod, sentences of a refused one. */
  readonly reasons: readonly string[];
}

/** Undefined where the status does not say whether the pod was injected. */
export function podStatus(status: JsonObject | undefined): PodStatus | undefined {
  if (typeof status?.injected !== 'boolean') return undefined;
  return {
    injected: status.injected,
    version: textOf(status.version) ?? '',
    kinds: textListOf(status.kinds),
    native: isNative(status),
    scrapeDecision: scrapeDecisionOf(status) ?? '',
    metricsPort: portOf(status, 'metrics'),
    reasons: (listOf(status.reasons) ?? []).map(reasonText),
  };
}

function reasonText(reason: Json): string {
  if (typeof reason === 'string') return reason;
  const { detail, code } = isObject(reason) ? reason : {};
  return textOf(detail) ?? textOf(code) ?? 'unknown';
}
