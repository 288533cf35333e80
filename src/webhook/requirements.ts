import { type AuthoritySettings, settingsProblems } from '../certificates/plan/certificate-state.ts';
import type { WebhookSettings } from '../contract/webhook.ts';

/** The flags that are missing because another one needs them, one sentence each. */
export function missingFlags(settings: WebhookSettings): string[] {
  const problems: string[] = [];
  const needs = (flag: string, because: string) => problems.push(`--${flag} is missing: ${because} needs it`);
  if (settings.certificatesMode === 'auto') {
    const because = '--certificates.mode=auto';
    if (settings.certificatesSecret === undefined) needs('certificates.secret', because);
    if (settings.webhookConfiguration === undefined) needs('webhook-configuration', because);
    problems.push(...settingsProblems(authoritySettings(settings)));
  }
  if (settings.clientAllowedNames.length > 0 && settings.clientCaFile === undefined) {
    needs('client-ca-file', '--client-allowed-names');
  }
  return problems;
}

/** The settings of the authority of `--certificates.mode=auto`. */
export function authoritySettings(settings: WebhookSettings): AuthoritySettings {
  return {
    names: settings.certificatesNames,
    validity: settings.certificatesValidity,
    authorityValidity: settings.certificatesAuthorityValidity,
    overlap: settings.certificatesOverlap,
  };
}

/** Whether the settings need the API server. */
export function needsCluster(settings: WebhookSettings): boolean {
  return settings.certificatesMode === 'auto' || settings.webhookConfiguration !== undefined || settings.cluster;
}
