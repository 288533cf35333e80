const pod = 'cluster, namespace, pod';

/**
 * Pods whose statsd or ingest has received nothing since its start, more than an hour ago, by `kind`. Ingest counts its
 * pushes from the first one on; before, it shows that it has no clients.
 *
 * @param select writes a metric with its matchers
 */
export function receivesNothing(select: (metric: string) => string): string {
  const kind = (name: string, received: string) => `label_replace(${received}, "kind", "${name}", "", "")`;
  const statsd = `sum by (${pod}) (${select('statsd_exporter_lines_total')})`;
  const ingest = `(sum by (${pod}) (${select('ingest_clients')}) unless on (${pod}) ${select('ingest_pushes_total')})`;
  const started = `time() - max by (${pod}) (${select('metrics_sidecar_process_start_time_seconds')})`;
  const received = `${kind('statsd', statsd)} or ${kind('ingest', ingest)}`;
  return `max by (${pod}, kind) (${received}) == 0\nand on (${pod}) ${started} > 3600`;
}
