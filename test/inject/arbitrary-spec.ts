import fc from 'fast-check';
import type { Json, JsonObject } from '../../src/json/json.ts';

// Every field of core/v1's PodSpec and Container (v1.35) that the arbitrary of pods does not vary for a reason of its
// own, each with shapes that the API knows. A field's table is a table of values: what the engine must leave as it is.

const names = fc.constantFrom('a', 'cache', 'share', 'tmp-1');
const secrets = [{ name: 'registry' }, { name: 'mirror' }];
const term = { matchExpressions: [{ key: 'zone', operator: 'In', values: ['a', 'b'] }] };
const selector = { labelSelector: { matchLabels: { app: 'x' } }, topologyKey: 'kubernetes.io/hostname' };
const exec = { exec: { command: ['/bin/check', '--deep', '"quoted"'] } };
const probe = { ...exec, periodSeconds: 5, timeoutSeconds: 1, failureThreshold: 3 };

const container: Readonly<Record<string, readonly Json[]>> = {
  command: [[], ['/app'], ['sh', '-c', 'exec /app "$@"', '--']],
  args: [[], ['--port=8080'], ['$(STATSD_HOST)', '']],
  workingDir: ['/srv'],
  imagePullPolicy: ['Always', 'IfNotPresent'],
  readinessProbe: [{ tcpSocket: { port: 'http' } }, { grpc: { port: 9102, service: '' } }, probe],
  startupProbe: [
    { httpGet: { port: 9125, path: '/', scheme: 'HTTPS', httpHeaders: [{ name: 'A', value: 'b' }] } },
    probe,
  ],
  resizePolicy: [[{ resourceName: 'cpu', restartPolicy: 'NotRequired' }], []],
  restartPolicyRules: [[{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }]],
  volumeDevices: [[{ name: 'block', devicePath: '/dev/xvda' }], []],
  terminationMessagePath: ['/dev/termination-log', ''],
  terminationMessagePolicy: ['File'],
  securityContext: [
    {},
    { privileged: true, procMount: 'Unmasked' },
    { runAsUser: 0, capabilities: { add: ['NET_ADMIN'] }, seLinuxOptions: { level: 's0' } },
    { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' }, windowsOptions: {} },
  ],
  stdin: [true, false],
  stdinOnce: [true],
  tty: [true],
};

const spec: Readonly<Record<string, readonly Json[]>> = {
  activeDeadlineSeconds: [1, 86_400],
  dnsPolicy: ['ClusterFirst', 'None', 'ClusterFirstWithHostNet'],
  dnsConfig: [{ nameservers: ['10.0.0.10'], searches: [], options: [{ name: 'ndots', value: '1' }] }],
  nodeSelector: [{}, { 'kubernetes.io/os': 'linux' }, { disk: 'ssd' }],
  serviceAccountName: ['default', 'orders'],
  nodeName: ['node-1'],
  hostPID: [true, false],
  hostIPC: [false],
  hostUsers: [false],
  shareProcessNamespace: [true],
  imagePullSecrets: [[], secrets],
  hostname: ['orders-0'],
  subdomain: ['orders'],
  setHostnameAsFQDN: [true],
  affinity: [
    {},
    { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } } },
    {
      podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: selector }] },
    },
  ],
  schedulerName: ['default-scheduler', 'volcano'],
  tolerations: [[], [{ operator: 'Exists' }], [{ key: 'spot', effect: 'NoExecute', tolerationSeconds: 30 }]],
  hostAliases: [[{ ip: '127.0.0.1', hostnames: ['db.local', 'cache.local'] }]],
  priorityClassName: ['high'],
  priority: [0, 1000],
  preemptionPolicy: ['Never'],
  readinessGates: [[{ conditionType: 'example.test/ready' }]],
  runtimeClassName: ['gvisor'],
  overhead: [{ cpu: '250m' }],
  enableServiceLinks: [false],
  topologySpreadConstraints: [[{ maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', ...selector }], []],
  schedulingGates: [[{ name: 'example.test/quota' }]],
  resourceClaims: [[{ name: 'gpu', resourceClaimTemplateName: 'gpu' }]],
  ephemeralContainers: [[], [{ name: 'debugger', image: 'busybox', targetContainerName: 'app-0' }]],
  os: [{ name: 'linux' }],
};

/** One of each of core/v1's volume sources. */
const sources: Readonly<Record<string, Json>> = {
  emptyDir: { medium: 'Memory', sizeLimit: '64Mi' },
  hostPath: { path: '/var/log', type: 'Directory' },
  configMap: {
    name: 'settings',
    defaultMode: 420,
    items: [{ key: 'a.yml', path: 'a.yml', mode: 256 }],
    optional: true,
  },
  secret: { secretName: 'tls' },
  persistentVolumeClaim: { claimName: 'data-0', readOnly: false },
  projected: { sources: [{ serviceAccountToken: { path: 'token', expirationSeconds: 3607 } }, { downwardAPI: {} }] },
  downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] },
  csi: { driver: 'secrets-store.csi.k8s.io', volumeAttributes: { secretProviderClass: 'vault' } },
  ephemeral: {
    volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
  },
  nfs: { server: 'nfs.test', path: '/' },
  image: { reference: 'example.test/models:1', pullPolicy: 'IfNotPresent' },
  iscsi: { targetPortal: '10.0.0.1:3260', iqn: 'iqn.2001-04.com.example:disk', lun: 0 },
};

/** None to four of the fields: absent mostly, null now and then, or one of the table's values. */
function fieldsOf(table: Readonly<Record<string, readonly Json[]>>): fc.Arbitrary<JsonObject> {
  const field = fc
    .constantFrom(...Object.keys(table))
    .chain((name) => fc.tuple(fc.constant(name), fc.constantFrom<Json>(...table[name]!, null)));
  return fc.array(field, { maxLength: 4 }).map((all) => Object.fromEntries(all));
}

export const containerFields = fieldsOf(container);
export const specFields = fieldsOf(spec);

/** Volumes of any source, their names apart; now and then one of ours. */
export const volumes: fc.Arbitrary<readonly JsonObject[]> = fc.uniqueArray(
  fc
    .tuple(
      fc.oneof({ weight: 30, arbitrary: names }, { weight: 1, arbitrary: fc.constant('metrics-sidecar-mapping') }),
      fc.constantFrom(...Object.entries(sources)),
    )
    .map(([name, [source, value]]): JsonObject => ({ name, [source]: value })),
  { maxLength: 3, selector: ({ name }) => name },
);

/** Mounts of those volumes; paths may be what a setting asks for. */
export const mounts: fc.Arbitrary<readonly JsonObject[]> = fc.uniqueArray(
  fc.record(
    {
      name: names,
      mountPath: fc.constantFrom('/share', '/etc/statsd', '/etc/statsd/', '/tmp', '/data'),
      subPath: fc.constant('part'),
      readOnly: fc.boolean(),
    },
    { requiredKeys: ['name', 'mountPath'] },
  ) as fc.Arbitrary<JsonObject>,
  { maxLength: 3, selector: ({ mountPath }) => mountPath },
);

/** Variables of every source; values that ours would have too. */
export const environment: fc.Arbitrary<readonly JsonObject[]> = fc.array(
  fc
    .tuple(
      fc.constantFrom('STATSD_HOST', 'STATSD_PORT', 'DD_DOGSTATSD_PORT', 'PUSHGATEWAY_URL', 'PAYMENTS_URL', 'A', 'B'),
      fc.constantFrom<JsonObject>(
        { value: '127.0.0.1' },
        { value: '9125' },
        { value: '' },
        {},
        { valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } },
        { valueFrom: { secretKeyRef: { name: 's', key: 'k', optional: true } } },
        { value: '127.0.0.1', futureField: 1 },
      ),
    )
    .map(([name, rest]) => ({ name, ...rest })),
  { maxLength: 5 },
);
