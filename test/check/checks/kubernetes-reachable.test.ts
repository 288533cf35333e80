import { kubernetesReachable } from '../../../src/check/checks/kubernetes-reachable.ts';
import { testCases } from '../case.ts';

testCases('kubernetes-reachable.txt', [
  {
    when: 'the connection breaks',
    check: kubernetesReachable,
    arrange: ({ answers }) => void answers.set('/version', 'reset'),
    result: 'error',
  },
  {
    when: 'the credentials are not known',
    check: kubernetesReachable,
    arrange: ({ answers }) => void answers.set('/version', { status: 401, message: 'Unauthorized' }),
    result: 'error',
  },
  {
    when: 'something else answers',
    check: kubernetesReachable,
    arrange: ({ answers }) => void answers.set('/version', { status: 200, body: { hello: 'world' } }),
    result: 'error',
  },
]);
