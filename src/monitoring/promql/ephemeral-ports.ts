/**
 * An estimate of the share of the local ports in use, as if all connections led to one destination.
 *
 * It errs in both directions. The kernel's counters know no destination: 2,000 connections spread over ten destinations
 * count like 2,000 to one. They do not tell accepted connections from connections that the pod opened either: the
 * estimate subtracts the accepted ones by their share of all connections ever made, so many accepted connections in the
 * past hide a destination that is full now.
 *
 * @param selector the matchers in braces that follow each metric's name, or an empty string
 */
export function portShare(selector: string): string {
  const metric = (name: string) => `port_monitor_${name}${selector}`;
  const sockets = `(${metric('tcp_sockets_established')} + ${metric('tcp_sockets_time_wait')})`;
  const ours = `${metric('active_opens_total')} / (${metric('active_opens_total')} + ${metric('passive_opens_total')})`;
  return `${sockets} * ${ours} / ${metric('ephemeral_ports_usable')}`;
}
