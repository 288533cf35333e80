/** The command that has the owner make its pods anew. */
export function restartCommand(namespace: string, owner: string): string {
  const [kind] = owner.split('/');
  if (kind === 'deployment' || kind === 'statefulset' || kind === 'daemonset') {
    return `kubectl rollout restart ${owner} -n ${namespace}`;
  }
  if (kind === 'cronjob') return 'the next run is injected';
  return kind === 'pod' || kind === 'job'
    ? `delete ${owner} in namespace ${namespace} and apply it again`
    : `have ${owner} in namespace ${namespace} make its pods anew`;
}
