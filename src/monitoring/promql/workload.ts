/** The letters of the names that Kubernetes makes up (k8s.io/apimachinery, util/rand). */
const letters = '[bcdfghjklmnpqrstvwxz2456789]';

/**
 * The series with a label `workload`, from the names of pods: `web-6c8f9d7b5-x2x9p` is of `web`, `db-0` of `db`. A
 * Prometheus that scrapes no kube-state-metrics knows no owners.
 */
export function withWorkload(series: string): string {
  const pod = `(.+?)(?:-${letters}{6,10})?-(?:${letters}{5}|[0-9]+)`;
  return `label_replace(label_replace(${series}, "workload", "$1", "pod", "(.*)"), "workload", "$1", "pod", "${pod}")`;
}
