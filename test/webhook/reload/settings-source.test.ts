import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { webhookFlags } from '../../../src/contract/webhook.ts';
import { readFiles } from '../../../src/files/watch-file.ts';
import { defaults } from '../../../src/flags/flag.ts';
import { injectSettings } from '../../../src/settings/inject-settings.ts';
import { noSettings } from '../../../src/settings/settings-file.ts';
import { settingsSource } from '../../../src/webhook/reload/settings-source.ts';
import { certificateFiles, readServingCertificate } from '../../../src/webhook/tls/serving-certificate.ts';
import { landingText } from '../../../src/webhook/webhook-landing.ts';
import { folder } from '../folder.ts';
import { servingPair } from '../pair.ts';

const settings = defaults(webhookFlags);

test('the certificate: both files, checked against the time of the reading', async () => {
  const path = await folder();
  const { cert, key } = await servingPair(5);
  const files = { tlsCertFile: join(path, 'c'), tlsKeyFile: join(path, 'k') };
  await Promise.all([writeFile(files.tlsCertFile, cert), writeFile(files.tlsKeyFile, key)]);
  let now = Date.now();
  const source = certificateFiles(files, () => now);
  expect(source.files).toEqual([files.tlsCertFile, files.tlsKeyFile]);
  const read = await readFiles(source.files);
  expect(source.load(read)).toMatchObject({ ok: true });
  now += 6 * 24 * 3_600_000;
  expect(source.load(read)).toMatchObject({ ok: false });
});

test('without a settings file there is nothing to watch', () => {
  const source = settingsSource({ settings: undefined });
  expect(source.files).toEqual([]);
  expect(source.load({ ok: true, value: [] })).toEqual({ ok: true, value: noSettings });
});

test('the settings file is named in each of its problems', () => {
  const source = settingsSource({ settings: '/s.yaml' });
  expect(source.load({ ok: true, value: [Buffer.from('a: 1\nb: 2')] })).toEqual({
    ok: false,
    problems: ['/s.yaml: a: no such setting', '/s.yaml: b: no such setting'],
  });
  expect(source.load({ ok: false, problem: '/s.yaml: there is no such file' })).toEqual({
    ok: false,
    problems: ['/s.yaml: there is no such file'],
  });
});

test('the engine is given the flags and the file', () => {
  const defaults = new Map([['metrics-sidecar.io/env', 'false']]);
  const file = { ...noSettings, defaults, discovery: 'none' } as const;
  expect(injectSettings({ ...settings, onInvalid: 'deny', nativeSidecars: 'false' }, file, '1.2.3')).toEqual({
    ...file,
    onInvalid: 'deny',
    nativeSidecars: 'false',
    version: '1.2.3',
  });
  expect(injectSettings({ ...settings, kubernetesVersion: '1.28' }, file, '1.2.3')).toMatchObject({
    kubernetesVersion: '1.28',
  });
});

test('the landing page says what runs: version, certificate, flags, defaults', async () => {
  const { cert, key } = await servingPair();
  const contents = [Buffer.from(cert), Buffer.from(key)];
  const certificate = readServingCertificate(['c', 'k'], { ok: true, value: contents }, Date.now());
  if (!certificate.ok) throw new Error(certificate.problems.join());
  const file = { ...noSettings, defaults: new Map([['metrics-sidecar.io/image', 'a\nb']]) };
  const text = landingText({
    ...{
      settings,
      certificate: certificate.value,
      clientCa: undefined,
      inject: injectSettings(settings, file, '1.2.3'),
      now: 60_000,
    },
    sources: [
      { resource: 'nodes', synced: true, confirmed: 48_000, problem: undefined },
      { resource: 'limitranges', synced: false, confirmed: undefined, problem: 'GET /api/v1/limitranges: forbidden' },
    ],
  });
  expect(text).toMatch(/^metrics-sidecar webhook 1\.2\.3\n/);
  expect(text).toContain('Certificate: DNS:localhost, IP Address:127.0.0.1, expires ');
  expect(text).toContain('Cluster: nodes, complete, confirmed 12 s ago\n');
  expect(text).toContain('limitranges, not complete yet, never seen, GET /api/v1/limitranges: forbidden\n');
  expect(text).toContain('  --listen-address=:10250\n');
  expect(text).toContain('  metrics-sidecar.io/image: "a\\nb"\n');
});
