import type { WebhookSettings } from '../contract/webhook.ts';
import { type FileSettings, noSettings, readSettings } from '../settings/settings-file.ts';
import { readPair, type ServingPair } from './certificates.ts';
import type { Source } from './reload.ts';

/** The serving pair, checked against the time of its reading. */
export function certificateSource(
  { tlsCertFile, tlsKeyFile }: Pick<WebhookSettings, 'tlsCertFile' | 'tlsKeyFile'>,
  now: () => number,
): Source<ServingPair> {
  const files = [tlsCertFile, tlsKeyFile] as const;
  return { what: 'certificate', files, load: (read) => readPair(files, read, now()) };
}

/** The settings file; without one there is nothing to read and nothing to watch. */
export function settingsSource({ settings: file }: Pick<WebhookSettings, 'settings'>): Source<FileSettings> {
  if (file === undefined) return { what: 'settings', files: [], load: () => ({ ok: true, value: noSettings }) };
  return {
    what: 'settings',
    files: [file],
    load(read) {
      if (!read.ok) return { ok: false, problems: [read.problem] };
      const loaded = readSettings(read.contents[0]!.toString());
      return loaded.ok ? loaded : { ok: false, problems: loaded.problems.map((problem) => `${file}: ${problem}`) };
    },
  };
}
