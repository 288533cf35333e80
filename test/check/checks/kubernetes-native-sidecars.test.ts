import { kubernetesNativeSidecars } from '../../../src/check/checks/kubernetes-native-sidecars.ts';
import { testCases } from '../case.ts';

testCases('kubernetes-native-sidecars.txt', [
  {
    when: 'an old kubelet and a simulated node',
    check: kubernetesNativeSidecars,
    arrange: ({ api }) => {
      api.put('/api/v1/nodes/old', { status: { nodeInfo: { kubeletVersion: 'v1.28.3' } } });
      api.put('/api/v1/nodes/fake', { status: { nodeInfo: { kubeletVersion: 'fake' } } });
    },
    result: 'warning',
  },
  {
    when: 'no nodes',
    check: kubernetesNativeSidecars,
    arrange: ({ api }) => api.remove('/api/v1/nodes/node-1'),
    result: 'skipped',
  },
  {
    when: 'you may not list nodes',
    check: kubernetesNativeSidecars,
    arrange: ({ answers }) => void answers.set('/api/v1/nodes', { status: 403, message: 'nodes is forbidden' }),
    result: 'skipped',
  },
]);
