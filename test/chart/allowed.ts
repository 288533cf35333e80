import type { Access } from '../../src/check/cluster/access-review.ts';
import type { KubernetesObject } from './helm.ts';

/** What the roles let the webhook do, as `verb group/resource [name]`, sorted. */
export function allowed(all: readonly KubernetesObject[]): string[] {
  const rules = all
    .filter(({ kind, metadata }) => /Role$/.test(kind) && metadata.labels!['app.kubernetes.io/component'] === 'webhook')
    .flatMap((role) => role.rules!);
  return rules
    .flatMap(({ apiGroups, resources, resourceNames = [''], verbs }) =>
      (resources as string[]).flatMap((resource) =>
        (resourceNames as string[]).flatMap((name) =>
          (verbs as string[]).map((verb) => access({ verb, group: apiGroups[0] as string, resource, name })),
        ),
      ),
    )
    .sort();
}

export const access = ({ verb, group, resource, name = '' }: Access) => `${verb} ${group}/${resource} ${name}`.trim();
