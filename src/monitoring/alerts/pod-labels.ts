/** The sum over the series of each pod. */
export const perPod = (expression: string) => `sum by (cluster, namespace, pod) (${expression})`;

/** The pod of an alert, in its summary. */
export const pod = '{{ $labels.namespace }}/{{ $labels.pod }}';
