import { kubernetesVersion } from '../../../src/check/checks/kubernetes-version.ts';
import { versioned } from '../arrange.ts';
import { testCases } from '../case.ts';

testCases('kubernetes-version.txt', [
  { when: '1.27', check: kubernetesVersion, arrange: versioned('v1.27.9-gke.100'), result: 'error' },
  { when: '1.28', check: kubernetesVersion, arrange: versioned('v1.28.0'), result: 'ok' },
]);
