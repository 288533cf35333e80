import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { JsonObject } from '../../src/json/json.ts';
import { connect } from '../../src/kube/connection/connect.ts';
import type { Kube } from '../../src/kube/kube.ts';
import { anew, comparable, created } from './corpus-api-server.ts';
import { apply, must } from './kubectl.ts';

const namespace = 'reviews';
const folder = join(import.meta.dirname, '../golden/webhook/reviews');

/** Pods as a real API server sent them, when they were created. */
const pods = readdirSync(folder).flatMap((file) => {
  const { request } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
    request: { operation: string; subResource?: string; object: JsonObject };
  };
  const { operation, subResource, object } = request;
  return object.kind === 'Pod' && operation === 'CREATE' && subResource === undefined ? [[file, object] as const] : [];
});

describe.skipIf(inject('missing'))('what was recorded of an API server', () => {
  let kube: Kube;

  beforeAll(async () => {
    const connected = await connect({ env: process.env });
    if (!connected.ok) throw new Error(connected.problem);
    kube = connected.kube;
    await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
    await must(['wait', '--for=create', 'serviceaccount/default', '-n', namespace, '--timeout=60s']);
  });
  afterAll(async () => {
    kube?.close();
    await must(['delete', 'namespace', namespace, '--wait=false']);
  });

  test.each(pods)('a second pass through the webhook changes nothing: %s', async (_, pod) => {
    const first = await created(kube, anew(pod), namespace);
    if (!first.ok) throw new Error(first.problem);
    const second = await created(kube, anew(first.object), namespace);
    expect(second.ok ? comparable(second.object) : second.problem).toEqual(comparable(first.object));
  });
});
