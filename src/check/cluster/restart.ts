/** The command or the sentence that says how the pods of an owner are created again. */
export function restartCommand(namespace: string, owner: string): string {
  const [kind] = owner.split('/');
  if (kind === 'deployment' || kind === 'statefulset' || kind === 'daemonset') {
    return `kubectl rollout restart ${owner} -n ${namespace}`;
  }
  if (kind === 'rollout') return `kubectl argo rollouts restart ${owner.slice('rollout/'.length)} -n ${namespace}`;
  if (kind === 'cronjob') return 'the next run is injected';
  return kind === 'pod' || kind === 'job'
    ? `delete ${owner} in namespace ${namespace} and apply it again`
    : `restart ${owner} in namespace ${namespace}, so that its pods are created again`;
}
