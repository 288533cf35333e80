import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../src/json/json.ts';

const folder = join(import.meta.dirname, '..', 'golden', 'webhook', 'reviews');

export interface RecordedReview {
  readonly kind: 'AdmissionReview';
  readonly apiVersion: string;
  readonly request: JsonObject & {
    readonly uid: string;
    readonly kind: { readonly kind: string };
    readonly object: JsonObject;
    readonly operation: string;
  };
}

/** What a Kubernetes 1.35 API server sent to a webhook, by file name, byte for byte. */
export const recorded: readonly (readonly [file: string, body: Buffer])[] = readdirSync(folder)
  .sort()
  .map((file) => [file, readFileSync(join(folder, file))] as const);

export function parseReview(body: Buffer): RecordedReview {
  return JSON.parse(body.toString()) as RecordedReview;
}

/** The recorded review whose file name starts with this number. */
export function review(number: string): RecordedReview {
  const found = recorded.find(([file]) => file.startsWith(number));
  if (found === undefined) throw new Error(`no recorded review ${number}`);
  return parseReview(found[1]);
}
