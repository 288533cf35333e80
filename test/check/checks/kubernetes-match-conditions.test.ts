import { kubernetesMatchConditions } from '../../../src/check/checks/kubernetes-match-conditions.ts';
import { versioned } from '../arrange.ts';
import { testCases } from '../case.ts';

testCases('kubernetes-match-conditions.txt', [
  { when: '1.27', check: kubernetesMatchConditions, arrange: versioned('v1.27.9'), result: 'warning' },
  { when: '1.28', check: kubernetesMatchConditions, arrange: versioned('v1.28.0'), result: 'ok' },
  { when: '1.30', check: kubernetesMatchConditions, arrange: versioned('v1.30.0'), result: 'ok' },
]);
