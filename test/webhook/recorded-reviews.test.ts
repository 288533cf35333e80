import jsonPatch from 'fast-json-patch';
import { describe, expect, test } from 'vitest';
import { workloads } from '../../src/webhook/admission/decide.ts';
import { parseReview, recorded } from './reviews.ts';
import { running } from './running.ts';

/**
 * What becomes of each object that a real API server sent, by the number of its file; workloads go to /lint, the rest
 * to /mutate.
 */
const outcomes: Readonly<Record<string, string>> = {
  unchanged: '001 002 004 005 009 011 013 014 019 020 023 026 027 030 035',
  injected: '003 006 010 012 015 016 021 022 024 028 029 036 037',
  warned: '007 025',
  skipped: '008 018',
  invalid: '017',
  ignored: '040 041 042',
};

interface Answer {
  readonly kind: string;
  readonly apiVersion: string;
  readonly response: {
    readonly uid: string;
    readonly allowed: boolean;
    readonly patchType?: string;
    readonly patch?: string;
    readonly warnings?: readonly string[];
  };
}

describe.each(recorded)('%s', (file, body) => {
  const review = parseReview(body);
  const path = workloads.has(review.request.kind.kind) ? '/lint' : '/mutate';

  test('is answered in its version with its uid, and a second pass changes nothing', async () => {
    const { post, send, log } = await running();
    const headers = { 'content-type': 'application/json', 'accept-encoding': 'gzip' };
    const first = await send(`${path}?timeout=10s`, body, { method: 'POST', headers });
    expect(first.status).toBe(200);
    const { kind, apiVersion, response } = JSON.parse(first.body) as Answer;
    expect({ kind, apiVersion }).toEqual({ kind: 'AdmissionReview', apiVersion: review.apiVersion });
    expect(response).toMatchObject({ uid: review.request.uid, allowed: true });
    for (const warning of response.warnings ?? []) expect(warning).toMatch(/^[^\r\n]{1,120}$/);
    expect(outcomes[String((await log.until('decision')).outcome)]).toContain(file.slice(0, 3));

    expect(response.patchType).toBe(response.patch === undefined ? undefined : 'JSONPatch');
    if (response.patch === undefined) return;
    const operations = JSON.parse(Buffer.from(response.patch, 'base64').toString()) as jsonPatch.Operation[];
    const { newDocument } = jsonPatch.applyPatch(structuredClone(review.request.object), operations, true);
    const again = await post(path, { ...review, request: { ...review.request, object: newDocument } });
    const second = JSON.parse(again.body) as Answer;
    expect(second.response).toMatchObject({ uid: review.request.uid, allowed: true });
    expect(second.response.patch).toBeUndefined();
  });
});
