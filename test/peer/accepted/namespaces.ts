import type { JsonObject } from '../../../src/json/json.ts';
import type { Variant } from './pods.ts';

/** A namespace as its owner made it: what stands in it decides which pods the API server takes. */
export interface Namespace {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly limitRange?: readonly JsonObject[];
  readonly quotas?: readonly Quota[];
  /** Other webhooks around ours. */
  readonly admission?: 'openshift';
  /** The variants of pods that are created in it; those that it would never take are left out. */
  readonly variants: readonly Variant[];
}

export interface Quota {
  readonly name: string;
  /** The spec beside `hard`: scopes, scopeSelector. */
  readonly spec?: JsonObject;
  readonly hard: Readonly<Record<string, string>>;
  readonly used?: Readonly<Record<string, string>>;
}

const defaultsOfContainers: readonly JsonObject[] = [
  {
    type: 'Container',
    default: { cpu: '200m', memory: '128Mi' },
    defaultRequest: { cpu: '20m', memory: '32Mi' },
  },
];
const restricted = { 'pod-security.kubernetes.io/enforce': 'restricted' };
const classOf = (operator: string, values?: readonly string[]): JsonObject => ({
  scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator, ...(values && { values }) }] },
});

export const namespaces: readonly Namespace[] = [
  { name: 'plain', variants: ['as written', 'burstable', 'guaranteed'] },
  {
    name: 'limit-range',
    variants: ['as written', 'guaranteed'],
    limitRange: [
      {
        type: 'Container',
        max: { cpu: '400m', memory: '256Mi' },
        min: { cpu: '1m', memory: '4Mi' },
        default: { cpu: '300m', memory: '192Mi' },
        defaultRequest: { cpu: '100m', memory: '96Mi' },
        maxLimitRequestRatio: { cpu: '4' },
      },
    ],
  },
  {
    name: 'limit-range-of-pods',
    variants: ['burstable', 'guaranteed'],
    limitRange: [{ type: 'Pod', max: { cpu: '1', memory: '512Mi' } }],
  },
  {
    name: 'quota-of-requests',
    variants: ['burstable', 'guaranteed'],
    quotas: [{ name: 'q', hard: { 'requests.cpu': '2', 'requests.memory': '2Gi' } }],
  },
  {
    name: 'quota-of-short-names',
    variants: ['burstable', 'guaranteed'],
    quotas: [{ name: 'q', hard: { cpu: '500m', memory: '512Mi', pods: '10' } }],
  },
  {
    name: 'quota-of-limits',
    variants: ['as written', 'guaranteed'],
    limitRange: defaultsOfContainers,
    quotas: [{ name: 'q', hard: { 'limits.cpu': '1', 'limits.memory': '512Mi', 'requests.cpu': '500m' } }],
  },
  {
    name: 'quota-nearly-full',
    variants: ['as written', 'burstable'],
    limitRange: defaultsOfContainers,
    quotas: [
      {
        name: 'q',
        hard: { 'limits.cpu': '4', 'limits.memory': '4Gi', 'requests.cpu': '2', 'requests.memory': '2Gi' },
        used: {
          'limits.cpu': '3750m',
          'limits.memory': '3950Mi',
          'requests.cpu': '1975m',
          'requests.memory': '2000Mi',
        },
      },
    ],
  },
  {
    name: 'quota-of-best-effort',
    variants: ['as written', 'burstable'],
    quotas: [
      { name: 'none', spec: { scopes: ['NotBestEffort'] }, hard: { pods: '5' }, used: { pods: '5' } },
      { name: 'some', spec: { scopes: ['BestEffort'] }, hard: { pods: '5' }, used: { pods: '1' } },
    ],
  },
  {
    name: 'quota-of-others-than-best-effort',
    variants: ['burstable', 'guaranteed'],
    quotas: [
      { name: 'none', spec: { scopes: ['BestEffort'] }, hard: { pods: '5' }, used: { pods: '5' } },
      {
        name: 'some',
        spec: { scopes: ['NotBestEffort'] },
        hard: { 'requests.cpu': '500m', 'limits.memory': '512Mi' },
        used: { 'requests.cpu': '100m', 'limits.memory': '100Mi' },
      },
    ],
  },
  {
    name: 'quota-of-jobs',
    variants: ['burstable', 'guaranteed'],
    quotas: [
      { name: 'jobs', spec: { scopes: ['Terminating'] }, hard: { 'limits.cpu': '600m', 'limits.memory': '600Mi' } },
      { name: 'servers', spec: { scopes: ['NotTerminating'] }, hard: { 'requests.cpu': '300m' } },
    ],
  },
  {
    name: 'quota-of-priorities',
    variants: ['burstable', 'guaranteed'],
    quotas: [
      { name: 'with', spec: classOf('Exists'), hard: { 'requests.cpu': '100m', 'limits.cpu': '1' } },
      { name: 'without', spec: classOf('DoesNotExist'), hard: { 'requests.memory': '256Mi' } },
      { name: 'high', spec: classOf('In', ['high', 'system-cluster-critical']), hard: { pods: '1' } },
      { name: 'not-high', spec: classOf('NotIn', ['high']), hard: { 'requests.cpu': '150m' } },
    ],
  },
  { name: 'baseline', variants: ['as written'], labels: { 'pod-security.kubernetes.io/enforce': 'baseline' } },
  { name: 'restricted', variants: ['clean', 'clean guaranteed'], labels: restricted },
  {
    name: 'everything',
    variants: ['clean', 'clean burstable'],
    labels: restricted,
    limitRange: [...defaultsOfContainers, { type: 'Pod', max: { cpu: '1', memory: '1Gi' } }],
    quotas: [
      { name: 'all', hard: { 'limits.cpu': '1', 'limits.memory': '1Gi', 'requests.cpu': '500m' } },
      { name: 'servers', spec: { scopes: ['NotTerminating', 'NotBestEffort'] }, hard: { 'requests.memory': '256Mi' } },
    ],
  },
  {
    name: 'openshift',
    variants: ['as written', 'guaranteed'],
    admission: 'openshift',
    annotations: { 'openshift.io/sa.scc.uid-range': '1000680000/10000' },
  },
  {
    name: 'openshift-with-limits',
    variants: ['as written', 'burstable'],
    admission: 'openshift',
    annotations: { 'openshift.io/sa.scc.uid-range': '1000680000-1000689999' },
    labels: restricted,
    limitRange: defaultsOfContainers,
    quotas: [{ name: 'all', hard: { 'limits.cpu': '2', 'limits.memory': '1Gi', 'requests.cpu': '1' } }],
  },
];

export const openshiftUsers = { start: 1_000_680_000, end: 1_000_689_999 };

/** The objects that make a namespace, under a name of its own. */
export function objectsOf(namespace: Namespace, name: string): readonly (readonly [path: string, JsonObject])[] {
  const { labels = {}, annotations = {}, limitRange, quotas = [] } = namespace;
  const at = `/api/v1/namespaces/${name}`;
  return [
    ['/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels, annotations } }],
    [`${at}/serviceaccounts`, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } }],
    ...(limitRange === undefined
      ? []
      : ([
          [
            `${at}/limitranges`,
            { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'l' }, spec: { limits: limitRange } },
          ],
        ] as const)),
    ...quotas.map(
      ({ name, spec = {}, hard }) =>
        [
          `${at}/resourcequotas`,
          { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name }, spec: { ...spec, hard } },
        ] as const,
    ),
  ];
}
