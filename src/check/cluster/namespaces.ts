import type { Context } from '../finding/check.ts';
import { type Read, unread } from '../finding/finding.ts';
import { list } from './reading.ts';

export type NamespaceLabels = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** The labels of every namespace, by its name. */
export async function readNamespaces({ kube }: Context): Promise<Read<NamespaceLabels>> {
  const namespaces = await list(kube, '/api/v1/namespaces', {
    metadataOnly: true,
    keep: ({ metadata }) => [metadata.name, metadata.labels ?? {}] as const,
  });
  return namespaces.ok
    ? { ok: true, value: new Map(namespaces.value) }
    : { ok: false, problem: unread(namespaces.problem, 'list namespaces') };
}
