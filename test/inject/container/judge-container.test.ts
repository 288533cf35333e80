import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { injectPod } from '../../../src/inject/inject.ts';
import { sentence } from '../../../src/inject/outcome/reason-text.ts';
import type { Json, JsonObject } from '../../../src/json/json.ts';
import { facts, settings } from '../cluster.ts';
import { codes, pod } from '../pods.ts';

const key = 'metrics-sidecar.io/container-patch';

function outcome(
  operations: readonly object[],
  said: { readonly spec?: JsonObject; readonly facts?: Parameters<typeof facts>[0] } = {},
) {
  const annotations = { [key]: JSON.stringify(operations), 'metrics-sidecar.io/cpu-limit': '500m' };
  const json = pod('statsd', { annotations, ...(said.spec && { spec: said.spec }) });
  return injectPod({ pod: json, facts: facts(said.facts), settings: settings() });
}

function problems(...given: Parameters<typeof outcome>): readonly string[] {
  return outcome(...given)
    .reasons.filter(({ code }) => code === 'container_patch')
    .map(({ detail }) => detail);
}

const add = (path: string, value: Json) => [{ op: 'add', path, value }];

describe('a patch for which the API server would refuse the pod', () => {
  test.each<[readonly object[], string]>([
    [add('/securityContext/runAsUser', -5), '/securityContext/runAsUser: -5 is not a whole number from 0'],
    [add('/image', ''), '/image: is needed'],
    [[{ op: 'remove', path: '/image' }], '/image: is needed'],
    [add('/readinessProbe', {}), '/readinessProbe: needs one of exec, httpGet, tcpSocket, grpc'],
    [add('/resources/requests/cpu', '2'), '/resources/requests/cpu: "2" is more than the limit "500m"'],
    [
      add('/ports/-', { name: 'ms-metrics', containerPort: 80 }),
      '/ports/1/name: "ms-metrics" is the name of another port',
    ],
    [add('/ports/-', { containerPort: 99_999 }), '/ports/1/containerPort: 99999 is not 1 to 65535'],
    [add('/lifecycle', { preStop: {} }), '/lifecycle/preStop: needs one of exec, httpGet, tcpSocket, sleep'],
    [add('/args', 'x'), '/args: "x" is not a list'],
    [
      add('/securityContext/privileged', true),
      '/securityContext/allowPrivilegeEscalation: cannot be false beside privileged: true',
    ],
    [
      add('/volumeMounts/-', {
        name: 'metrics-sidecar-no-token',
        mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
      }),
      '/volumeMounts/1/mountPath: "/var/run/secrets/kubernetes.io/serviceaccount" is mounted already',
    ],
    [add('/volumeMounts/-', { name: 'data', mountPath: '/d' }), '/volumeMounts/1/name: the pod has no volume "data"'],
    [add('/livenessProb', {}), '/livenessProb: no such field; did you mean "livenessProbe"?'],
    [add('/env', [{ name: 'A', value: 1 }]), '/env/0/value: 1 is not a text'],
    [add('/imagePullPolicy', 'always'), '/imagePullPolicy: "always" is none of Always, IfNotPresent, Never'],
  ])('%j', (operations, problem) => {
    expect(problems(operations)).toEqual([problem]);
    expect(outcome(operations).decision).toBe('invalid');
  });

  test('is told everything that is wrong at once, 20 problems at most', () => {
    const two = [...add('/image', ''), ...add('/ports/0/containerPort', 0), ...add('/stdin', 'yes')];
    expect(problems(two)).toEqual([
      '/ports/0/containerPort: 0 is not 1 to 65535',
      '/stdin: "yes" is not true or false',
      '/image: is needed',
    ]);
    expect(problems(add('/env', Array(1000).fill(1)))).toHaveLength(20);
  });

  test('refuses a pod that may not run without its sidecar, with each sentence', () => {
    const json = pod('statsd', {
      annotations: { [key]: JSON.stringify(add('/image', '')), 'metrics-sidecar.io/required': 'true' },
    });
    const denied = injectPod({ pod: json, facts: facts(), settings: settings() });
    expect(denied).toMatchObject({ decision: 'denied', message: denied.reasons.map(sentence).join('; ') });
  });
});

describe('the pod and its namespace', () => {
  const limits = (cpu: string) => add('/resources/limits/cpu', cpu);
  const container = { type: 'Container', max: { cpu: '1' }, maxLimitRequestRatio: { cpu: '100' } } as const;

  test.each<[string, readonly object[], Parameters<typeof outcome>[1], readonly string[]]>([
    ['a limit that the LimitRange allows', limits('600m'), { facts: { limitRanges: [container] } }, []],
    [
      'a limit above it',
      limits('2'),
      { facts: { limitRanges: [container] } },
      [
        '/resources/limits/cpu: the LimitRange asks for a limit of 1 at most',
        '/resources/limits/cpu: the LimitRange asks for a limit of 100 times the request at most',
      ],
    ],
    [
      'no limit, where the LimitRange gives none',
      [{ op: 'remove', path: '/resources/limits/cpu' }],
      { facts: { limitRanges: [{ type: 'Container', max: { cpu: '1' } }] } },
      ['/resources/limits/cpu: the LimitRange asks for a limit of 1 at most'],
    ],
    [
      'a request that the default limit does not reach',
      [...add('/resources', { requests: { cpu: '2' } })],
      { facts: { limitRanges: [{ type: 'Container', default: { cpu: '1' } }] } },
      ['/resources/requests/cpu: the LimitRange gives the limit 1, which is less'],
    ],
    [
      'more than fits the whole pod',
      limits('600m'),
      {
        facts: { limitRanges: [{ type: 'Pod', max: { cpu: '1' } }] },
        spec: { containers: [{ name: 'a', resources: { limits: { cpu: '500m' } } }] },
      },
      ['/resources/limits/cpu: more than 500m does not fit the whole pod'],
    ],
    [
      'more than the quota has left',
      limits('600m'),
      {
        facts: {
          quotas: [
            {
              metadata: { name: 'team' },
              spec: { hard: { 'limits.cpu': '1' } },
              status: { hard: { 'limits.cpu': '1' }, used: { 'limits.cpu': '450m' } },
            },
          ],
        },
      },
      ['/resources/limits/cpu: the quota "team" has 550m left for the pod'],
    ],
    ['nobody bounds it', limits('2'), {}, []],
    [
      'a request above that of the pod',
      add('/resources/requests/memory', '100Mi'),
      { spec: { containers: [{ name: 'a' }], resources: { requests: { memory: '1Gi' } } } },
      ['/resources/requests/memory: more than 64Mi does not fit the whole pod'],
    ],
    [
      'a sleep beyond the grace period',
      add('/lifecycle', { preStop: { sleep: { seconds: 6 } } }),
      { spec: { containers: [{ name: 'a' }], terminationGracePeriodSeconds: 5 } },
      ["/lifecycle/preStop/sleep/seconds: 6 is not 1 to 5, the pod's grace period"],
    ],
    [
      'an unmasked /proc',
      add('/securityContext/procMount', 'Unmasked'),
      { spec: { containers: [{ name: 'a' }], hostUsers: false } },
      [],
    ],
    [
      'an unmasked /proc without users of its own',
      add('/securityContext/procMount', 'Unmasked'),
      {},
      ['/securityContext/procMount: Unmasked needs hostUsers: false of the pod'],
    ],
  ])('%s', (_, operations, said, expected) => {
    expect(problems(operations, said)).toEqual(expected);
  });

  test('a port of a name that the application has is told, and taken', () => {
    const spec = { containers: [{ name: 'app', ports: [{ name: 'http', containerPort: 8080 }] }] };
    const found = outcome(add('/ports/-', { name: 'http', containerPort: 80 }), { spec });
    expect(found.decision).toBe('injected');
    expect(codes(found)).toContain('port_name_taken');
  });
});

test('whatever a patch writes, there is a judgement, and it is bounded', () => {
  const field = fc.constantFrom(
    '/args',
    '/env',
    '/ports',
    '/image',
    '/resources',
    '/livenessProbe',
    '/lifecycle',
    '/securityContext',
    '/volumeMounts',
    '/volumeDevices',
    '/resizePolicy',
    '/envFrom',
    '/name',
    '',
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(field, fc.jsonValue()), { maxLength: 3 }), (writes) => {
      const found = outcome(writes.flatMap(([path, value]) => add(path, value as Json)));
      expect(['injected', 'invalid']).toContain(found.decision);
      expect(found.reasons.length).toBeLessThan(40);
    }),
  );
});
