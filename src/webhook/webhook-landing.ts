import type { FactSource } from '../cluster/watch-facts.ts';
import { type WebhookSettings, webhookFlags } from '../contract/webhook.ts';
import type { FlagTable } from '../flags/flag.ts';
import type { InjectSettings } from '../inject/request/settings.ts';
import type { ClientCa } from './tls/client-ca.ts';
import type { ServingCertificate } from './tls/serving-certificate.ts';

export interface Landing {
  readonly settings: WebhookSettings;
  readonly certificate: ServingCertificate | undefined;
  /** The authorities of client certificates; undefined where none is requested. */
  readonly clientCa: ClientCa | undefined;
  readonly inject: InjectSettings;
  readonly settingsProblem?: string | undefined;
  /** The copies of cluster objects that the webhook watches; an empty list if it watches nothing. */
  readonly sources: readonly FactSource[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The landing page of the plain port: the version, the settings and their state. */
export function landingText(landing: Landing): string {
  const { settings, certificate, clientCa, inject, settingsProblem, sources, now } = landing;
  const flags = Object.entries(webhookFlags as FlagTable).map(([key, { name, codec }]) => {
    return `  --${name}=${codec.format(settings[key as keyof WebhookSettings])}`;
  });
  const defaults = [...inject.defaults].map(([key, text]) => `  ${key}: ${JSON.stringify(text)}`);
  return [
    `metrics-sidecar webhook ${inject.version}`,
    '',
    'Pages: /metrics /healthz /readyz; on the TLS port: POST /mutate, POST /lint',
    '',
    `Certificate: ${certificate === undefined ? 'none yet' : certificateText(certificate)}`,
    `Callers: ${clientCa === undefined ? 'whoever reaches the port' : clientCaText(clientCa)}`,
    ...(settingsProblem === undefined ? [] : [`Settings: ${settingsProblem}; built-in defaults are in use`]),
    ...sources.map((source) => `Cluster: ${sourceText(source, now)}`),
    `Discovery: ${inject.discovery}`,
    '',
    'Flags:',
    ...flags,
    '',
    defaults.length === 0 ? 'Defaults of the settings file: none' : 'Defaults of the settings file:',
    ...defaults,
    '',
    ...lockLines(inject),
  ].join('\n');
}

function lockLines({ lock }: InjectSettings): readonly string[] {
  const locked = [...(lock?.keys ?? []), ...[...(lock?.kinds ?? [])].map((kind) => `the kind ${kind}`)];
  return locked.length === 0 ? [] : ['Locked by the settings file:', ...locked.map((one) => `  ${one}`), ''];
}

function certificateText({ subjectAltName, expires }: ServingCertificate): string {
  return `${subjectAltName || 'no names'}, expires ${new Date(expires).toISOString()}`;
}

function clientCaText({ count, expires }: ClientCa): string {
  const authorities = count === 1 ? 'an authority' : `${count} authorities`;
  return `with a client certificate of ${authorities}, the last of which expires ${new Date(expires).toISOString()}`;
}

/** The age of a copy, and its problem. */
function sourceText({ resource, synced, confirmed, problem }: FactSource, now: number): string {
  const age = confirmed === undefined ? 'never seen' : `confirmed ${Math.round((now - confirmed) / 1000)} s ago`;
  return [resource, synced ? 'complete' : 'not complete yet', age, problem].filter(Boolean).join(', ');
}
