/**
 * A guess at the share of the local ports in use, as if all connections led to one destination.
 *
 * It is wrong in both directions. The kernel's counters know no destination: 2,000 connections spread over ten
 * destinations count like 2,000 to one. Nor do they know whose end a socket is: accepted ones are taken out by their
 * share of all connections ever made, so a pod that accepted many before hides a destination that is full now.
 *
 * @param selector what follows a metric's name: its matchers in braces, or nothing
 */
export function portShare(selector: string): string {
  const metric = (name: string) => `port_monitor_${name}${selector}`;
  const sockets = `(${metric('tcp_sockets_established')} + ${metric('tcp_sockets_time_wait')})`;
  const ours = `${metric('active_opens_total')} / (${metric('active_opens_total')} + ${metric('passive_opens_total')})`;
  return `${sockets} * ${ours} / ${metric('ephemeral_ports_usable')}`;
}
