/**
 * The share of the local ports that connections to one destination can have, were all of them to one destination.
 *
 * The kernel counts sockets, not whose end they are: those that were accepted are taken out by the share that they have
 * of all connections ever made. What is left is the most that one destination can hold.
 *
 * @param selector what follows a metric's name: its matchers in braces, or nothing
 */
export function portShare(selector: string): string {
  const metric = (name: string) => `port_monitor_${name}${selector}`;
  const sockets = `(${metric('tcp_sockets_established')} + ${metric('tcp_sockets_time_wait')})`;
  const ours = `${metric('active_opens_total')} / (${metric('active_opens_total')} + ${metric('passive_opens_total')})`;
  return `${sockets} * ${ours} / ${metric('ephemeral_ports_usable')}`;
}
