import type { FilesRead } from '../../files/watch-file.ts';
import type { FileWatch } from '../../files/watch-snapshots.ts';
import type { InjectSettings } from '../../inject/request/settings.ts';
import { type FileSettings, noSettings } from '../../settings/settings-file.ts';
import { type Loaded, type ReloadContext, reloadOnChange, type Source } from './reload-on-change.ts';

export interface SettingsState {
  inject: InjectSettings;
  /** Why the settings file has not been usable since the start; undefined once a version of it was. */
  settingsProblem: string | undefined;
}

export interface SettingsWatchContext extends ReloadContext {
  readonly metrics: ReloadContext['metrics'] & { notLoaded(what: 'settings'): void };
  readonly inject: (settings: FileSettings) => InjectSettings;
  /** Called when the first usable version is in use. */
  readonly changed: () => void;
}

/** The settings to start with: those of the file, or the built-in defaults. */
export function firstSettings(loaded: Loaded<FileSettings>): FileSettings {
  return loaded.ok ? loaded.value : noSettings;
}

/** Why a replica whose settings file is wrong must not be called, in one line: the log has all problems. */
export function settingsProblem(loaded: Loaded<FileSettings>): string | undefined {
  if (loaded.ok) return undefined;
  const { problems } = loaded;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more in the log)` : '';
  return `the settings file cannot be used: ${problems[0]}${more}`;
}

/**
 * Loads the settings file again whenever it changes. A file that is wrong at the start does not end the process: an
 * exit would restart it again and again, and each restart takes away a replica. The built-in defaults are in use and
 * the replica is not ready until the file is corrected (docs/decisions/0031-wrong-settings-at-the-start.md).
 */
export function watchSettings(
  source: Source<FileSettings>,
  read: FilesRead,
  first: Loaded<FileSettings>,
  state: SettingsState,
  context: SettingsWatchContext,
): FileWatch {
  const { metrics, log, now, inject, changed } = context;
  const { what, files } = source;
  if (first.ok) metrics.loaded('settings', now() / 1000);
  else {
    metrics.notLoaded('settings');
    log.error('not loaded: built-in defaults are in use, not ready until the file is corrected', {
      ...{ what, files, problems: first.problems },
    });
  }
  const load = (next: FilesRead) => {
    const loaded = source.load(next);
    if (state.settingsProblem !== undefined) state.settingsProblem = settingsProblem(loaded);
    return loaded;
  };
  const use = (next: FileSettings) => {
    state.inject = inject(next);
    changed();
  };
  return reloadOnChange({ ...source, load }, read, use, context);
}
