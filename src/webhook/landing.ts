import { type WebhookSettings, webhookFlags } from '../contract/webhook.ts';
import type { FlagTable } from '../flags/flag.ts';
import type { InjectSettings } from '../inject/settings.ts';
import type { ServingPair } from './certificates.ts';

export interface Landing {
  readonly settings: WebhookSettings;
  readonly pair: ServingPair;
  readonly inject: InjectSettings;
}

/** The landing page of the plain port: what runs, with which settings. */
export function landingText({ settings, pair, inject }: Landing): string {
  const flags = Object.entries(webhookFlags as FlagTable).map(([key, { name, codec }]) => {
    return `  --${name}=${codec.format(settings[key as keyof WebhookSettings])}`;
  });
  const defaults = [...inject.defaults].map(([key, text]) => `  ${key}: ${JSON.stringify(text)}`);
  return [
    `metrics-sidecar webhook ${inject.version}`,
    '',
    'Pages: /metrics /healthz /readyz; on the TLS port: POST /mutate, POST /lint',
    '',
    `Certificate: ${pair.subjectAltName || 'no names'}, expires ${new Date(pair.expires).toISOString()}`,
    `Discovery: ${inject.discovery}`,
    '',
    'Flags:',
    ...flags,
    '',
    defaults.length === 0 ? 'Defaults of the settings file: none' : 'Defaults of the settings file:',
    ...defaults,
    '',
  ].join('\n');
}
