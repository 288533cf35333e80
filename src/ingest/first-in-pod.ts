/**
 * Whether no TCP connection was ever accepted in this network namespace, as /proc/net/snmp says. A pod keeps its
 * namespace when a container restarts, and every push comes over a connection: where none was accepted, no sidecar
 * before this one took a push.
 *
 * @param snmp the text of /proc/net/snmp; undefined where it cannot be read
 */
export function isFirstInPod(snmp: string | undefined): boolean {
  const [names = '', values = ''] = (snmp ?? '').split('\n').filter((line) => line.startsWith('Tcp:'));
  const at = names.split(' ').indexOf('PassiveOpens');
  return at > 0 && values.split(' ')[at] === '0';
}
