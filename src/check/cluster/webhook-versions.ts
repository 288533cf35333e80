import type { Context } from '../finding/check.ts';
import type { Read } from '../finding/finding.ts';
import { labelOf, readPages } from './webhook-pages.ts';

/** The versions of the replicas, each once: from their metrics, else the chart's label, else the image's tag. */
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
