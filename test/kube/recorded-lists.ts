/**
 * What kube-apiserver 1.35.4 answered (recorded on a control plane without nodes). Lists of pods come from its watch
 * cache, which keeps snapshots; a list of Events comes from etcd, whose history was compacted between two pages here.
 */

/** `GET /api/v1/pods?limit=5`, Accept: PartialObjectMetadataList, in a cluster without pods. */
export const emptyMetadataList = {
  kind: 'PartialObjectMetadataList',
  apiVersion: 'meta.k8s.io/v1',
  metadata: { resourceVersion: '252' },
  items: null,
} as const;

/** 410, `GET /api/v1/namespaces/default/events?limit=2&continue=…` after a compaction. */
export const expiredContinue = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: { continue: 'eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6LTEsInN0YXJ0IjoiZXYtMlx1MDAwMCJ9' },
  status: 'Failure',
  message:
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the ' +
    'continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing ' +
    'with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the ' +
    'time the first chunk was returned and now may show up in the list.',
  reason: 'Expired',
  code: 410,
} as const;
