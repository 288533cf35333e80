import type { Check, Context } from './check.ts';
import { ok, type Read, skipped, warning } from './finding.ts';
import { labelOf, readPages } from './webhook-pages.ts';

/** The versions that the replicas run, each once: of their metrics, else of the chart's label, else of the image's tag. */
export async function readWebhookVersions(context: Context): Promise<Read<string[]>> {
  const pages = await context.once(readPages);
  if (!pages.ok) return pages;
  const versions = pages.value.map((page) => {
    const { labels, image } = page.pod;
    return labelOf(page, 'build_info', 'version') ?? labels['app.kubernetes.io/version'] ?? tagOf(image);
  });
  return { ok: true, value: [...new Set(versions.filter((version) => version !== undefined))] };
}

/** A tag that is a version; `dev` and `latest` say nothing. */
function tagOf(image: string): string | undefined {
  return /:v?(\d+\.\d+\.\d[^@/:]*)(@|$)/.exec(image)?.[1];
}

export const webhookVersion: Check = {
  id: 'webhook.version',
  title: 'the webhook has the version of this program',
  category: 'webhook',
  needs: ['webhook.endpoints'],
  async run(context) {
    const versions = await context.once(readWebhookVersions);
    if (!versions.ok) return versions.finding;
    const [version, ...more] = versions.value;
    if (version === undefined) return skipped('neither metrics nor labels nor tags say which version the webhook has');
    if (more.length > 0) {
      return warning(
        `the pods of the webhook have different versions (${versions.value.join(', ')}): wait for the rollout to end`,
      );
    }
    if (version === context.version) return ok(`version ${version}`);
    return warning(
      `the webhook has version ${version}, this program ${context.version}: what the one knows the other may not; use the same version of both`,
    );
  },
};
