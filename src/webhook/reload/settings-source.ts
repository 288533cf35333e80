import type { WebhookSettings } from '../../contract/webhook.ts';
import { type FileSettings, noSettings, readSettings } from '../../settings/settings-file.ts';
import type { Source } from './reload-on-change.ts';

/** The settings file; without the flag no file is read or watched. */
export function settingsSource({ settings: file }: Pick<WebhookSettings, 'settings'>): Source<FileSettings> {
  if (file === undefined) return { what: 'settings', files: [], load: () => ({ ok: true, value: noSettings }) };
  return {
    what: 'settings',
    files: [file],
    load(read) {
      if (!read.ok) return { ok: false, problems: [read.problem] };
      const loaded = readSettings(read.value[0]!.toString());
      return loaded.ok ? loaded : { ok: false, problems: loaded.problems.map((problem) => `${file}: ${problem}`) };
    },
  };
}
