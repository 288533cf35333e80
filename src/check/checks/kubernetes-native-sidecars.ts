import type { V1NodeStatus } from '@kubernetes/client-node';
import { nativeMinor } from '../../inject/plan/native.ts';
import { counted } from '../../text/counted.ts';
import { list } from '../cluster/reading.ts';
import { minorOf } from '../cluster/server-version.ts';
import type { Check } from '../finding/check.ts';
import { firstLines, ok, skipped, unread, warning } from '../finding/finding.ts';

interface Node {
  readonly name: string;
  readonly version: string;
}

export const kubernetesNativeSidecars: Check = {
  id: 'kubernetes.native-sidecars',
  title: 'every kubelet supports native sidecars',
  category: 'kubernetes',
  needs: ['kubernetes.reachable'],
  async run({ kube }) {
    const nodes = await list(kube, '/api/v1/nodes', {
      keep: ({ metadata, status }): Node => {
        const { nodeInfo } = (status ?? {}) as V1NodeStatus;
        return { name: metadata.name, version: nodeInfo?.kubeletVersion ?? '' };
      },
    });
    if (!nodes.ok) return unread(nodes.problem, 'list nodes');
    if (nodes.value.length === 0) return skipped('the cluster has no nodes yet');
    const old = nodes.value.filter(({ version }) => (minorOf(version) ?? nativeMinor) < nativeMinor);
    if (old.length === 0) return ok(`native sidecars on ${counted(nodes.value.length, 'node')}`);
    return warning(
      `a kubelet older than 1.${nativeMinor} on ${counted(old.length, 'node')} of ${nodes.value.length}: sidecars ` +
        'are plain containers on all nodes and Jobs are skipped; upgrade the nodes, or set --native-sidecars',
      firstLines(old.map(({ name, version }) => `node ${name}: kubelet ${version}`)),
    );
  },
};
