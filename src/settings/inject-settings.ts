import type { WebhookSettings } from '../contract/webhook.ts';
import type { InjectSettings } from '../inject/request/settings.ts';
import type { FileSettings } from './settings-file.ts';

/** The flags that decide about the engine; the webhook's and those of the offline commands. */
export type EngineFlags = Pick<WebhookSettings, 'onInvalid' | 'nativeSidecars' | 'kubernetesVersion'>;

/** The engine's settings, from the flags and from the settings file as it is now. */
export function injectSettings(
  { onInvalid, nativeSidecars, kubernetesVersion }: EngineFlags,
  { defaults, discovery, lock, users }: FileSettings,
  version: string,
): InjectSettings {
  return {
    defaults,
    discovery,
    lock,
    ...(users !== undefined && { users }),
    onInvalid,
    nativeSidecars,
    ...(kubernetesVersion !== undefined && { kubernetesVersion }),
    version,
  };
}
