import type { WebhookSettings } from '../contract/webhook.ts';

/** What flags need each other for, one sentence each; empty where they fit. */
export function missingFlags(settings: WebhookSettings): string[] {
  const problems: string[] = [];
  const needs = (flag: string, because: string) => problems.push(`--${flag} is missing: ${because} needs it`);
  if (settings.certificatesMode === 'auto') {
    const because = '--certificates.mode=auto';
    if (settings.certificatesSecret === undefined) needs('certificates.secret', because);
    if (settings.certificatesNames.length === 0) needs('certificates.names', because);
    if (settings.webhookConfiguration === undefined) needs('webhook-configuration', because);
    if (settings.certificatesOverlap * 6 > settings.certificatesValidity) {
      problems.push('--certificates.overlap is too long: two of them must fit into a third of --certificates.validity');
    }
    if (settings.certificatesValidity > settings.certificatesAuthorityValidity) {
      problems.push('--certificates.validity is longer than --certificates.authority-validity');
    }
  }
  return problems;
}

/** Whether anything of the settings is asked of the API server. */
export function needsCluster(settings: WebhookSettings): boolean {
  return settings.certificatesMode === 'auto' || settings.webhookConfiguration !== undefined || settings.cluster;
}
