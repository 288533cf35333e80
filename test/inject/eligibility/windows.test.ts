import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { windowsEvidence } from '../../../src/inject/eligibility/windows.ts';
import { injectPod } from '../../../src/inject/inject.ts';
import { readPod } from '../../../src/inject/pod/pod.ts';
import type { Json, JsonObject } from '../../../src/json/json.ts';
import { facts, settings } from '../cluster.ts';
import { codes, pod } from '../pods.ts';

function evidence(spec: JsonObject) {
  const read = readPod(pod('statsd', { spec }));
  if ('problem' in read) throw new Error(read.problem);
  return windowsEvidence(read);
}

const required = (...terms: Json[]): JsonObject => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } },
});
const term = (...matchExpressions: Json[]): JsonObject => ({ matchExpressions });
const os = (operator: string, ...values: string[]): JsonObject => ({ key: 'kubernetes.io/os', operator, values });
const zone = { key: 'topology.kubernetes.io/zone', operator: 'In', values: ['a'] };
const build = (operator: string): JsonObject => ({ key: 'node.kubernetes.io/windows-build', operator });
const affinityField = 'spec.affinity.nodeAffinity';
const user = { windowsOptions: { runAsUserName: 'ContainerUser' } };

describe('a pod for Windows', () => {
  test.each<[string, JsonObject, string, string]>([
    ['its own word', { os: { name: 'windows' } }, 'spec.os.name', ''],
    [
      'a build of Windows',
      { nodeSelector: { 'node.kubernetes.io/windows-build': '10.0.20348' } },
      'spec.nodeSelector node.kubernetes.io/windows-build',
      '',
    ],
    ['In', required(term(os('In', 'windows'))), affinityField, 'kubernetes.io/os In [windows]'],
    ['NotIn', required(term(zone, os('NotIn', 'linux'))), affinityField, 'kubernetes.io/os NotIn [linux]'],
    [
      'the old label',
      required(term({ ...os('In', 'windows'), key: 'beta.kubernetes.io/os' })),
      affinityField,
      'beta.kubernetes.io/os In [windows]',
    ],
    ['any build', required(term(build('Exists'))), affinityField, 'node.kubernetes.io/windows-build Exists'],
    [
      'each of its terms',
      required(term(os('In', 'windows')), term(build('Gt'))),
      affinityField,
      'kubernetes.io/os In [windows]',
    ],
    [
      'beside a term that matches no node',
      required({}, null, term(os('In', 'windows'))),
      affinityField,
      'kubernetes.io/os In [windows]',
    ],
    ['options of the pod', { securityContext: user }, 'spec.securityContext.windowsOptions', 'runAsUserName'],
    [
      'options of one container',
      { containers: [{ name: 'a' }, { name: 'b', securityContext: { windowsOptions: { hostProcess: true } } }] },
      'spec.containers[1].securityContext.windowsOptions',
      'hostProcess',
    ],
    [
      'options of an init container',
      { initContainers: [{ name: 'a', securityContext: user }] },
      'spec.initContainers[0].securityContext.windowsOptions',
      'runAsUserName',
    ],
  ])('%s', (_, spec, field, detail) => {
    expect(evidence(spec)).toEqual({ field, detail });
  });

  test('a HostProcess pod is for Windows first, and in the network of its node second', () => {
    const spec = { hostNetwork: true, securityContext: { windowsOptions: { hostProcess: true } } };
    const outcome = injectPod({ pod: pod('statsd', { spec }), facts: facts(), settings: settings() });
    expect(codes(outcome)).toEqual(['windows']);
  });
});

describe('no pod for Windows', () => {
  test.each<[string, JsonObject]>([
    ['nothing said', {}],
    [
      'a preference',
      {
        affinity: {
          nodeAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: term(os('In', 'windows')) }],
          },
        },
      },
    ],
    ['a toleration', { tolerations: [{ key: 'os', operator: 'Equal', value: 'windows', effect: 'NoSchedule' }] }],
    ['both systems', required(term(os('In', 'windows', 'linux')))],
    ['Windows or any node of a zone', required(term(os('In', 'windows')), term(zone))],
    [
      'Windows or one node by name',
      required(term(os('In', 'windows')), { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }] }),
    ],
    ['Windows or Linux', required(term(os('In', 'windows')), term(os('In', 'linux')))],
    ['every node but those of a build', required(term(build('NotIn')))],
    ['no terms', required()],
    [
      'null where Go writes it',
      { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: null } }, securityContext: null },
    ],
    ['wrong types', { affinity: [], nodeSelector: 'windows', os: 'windows' }],
    ['empty options', { securityContext: { windowsOptions: {} } }],
    ['options of nulls', { securityContext: { windowsOptions: { hostProcess: null } } }],
    [
      'options beside a node selector of Linux',
      { nodeSelector: { 'kubernetes.io/os': 'linux' }, securityContext: user },
    ],
    ['options beside an affinity to Linux', { ...required(term(os('NotIn', 'windows'))), securityContext: user }],
    ['its own word, whatever else', { os: { name: 'linux' }, nodeSelector: { 'beta.kubernetes.io/os': 'windows' } }],
  ])('%s', (_, spec) => {
    expect(evidence(spec)).toBeUndefined();
  });
});

/** Whether a node's labels satisfy a requirement, as the scheduler matches it. (component-helpers, nodeaffinity) */
function matches(labels: Readonly<Record<string, string>>, { key, operator, values }: JsonObject): boolean {
  const has = Object.hasOwn(labels, key as string);
  if (operator === 'Exists') return has;
  if (operator === 'DoesNotExist') return !has;
  const among = has && (values as readonly string[]).includes(labels[key as string]!);
  return operator === 'In' ? among : !among;
}

const zones = ['a', 'b'];
const nodes = zones.flatMap((z) => [
  { system: 'linux', labels: { 'kubernetes.io/os': 'linux', 'beta.kubernetes.io/os': 'linux', zone: z } },
  ...['10.0.17763', '10.0.20348'].map((version) => ({
    system: 'windows',
    labels: {
      'kubernetes.io/os': 'windows',
      'beta.kubernetes.io/os': 'windows',
      'node.kubernetes.io/windows-build': version,
      zone: z,
    },
  })),
]);

const requirement: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.record({
    key: fc.constantFrom('kubernetes.io/os', 'beta.kubernetes.io/os'),
    operator: fc.constantFrom('In', 'NotIn'),
    values: fc.constantFrom(['linux'], ['windows']),
  }),
  fc.constant({ key: 'kubernetes.io/os', operator: 'In', values: ['linux', 'windows'] }),
  fc.record({
    key: fc.constant('node.kubernetes.io/windows-build'),
    operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist'),
    values: fc.constant(['10.0.17763']),
  }),
  fc.record({ key: fc.constant('zone'), operator: fc.constantFrom('In', 'NotIn'), values: fc.constant(['a']) }),
);

/** The nodes that a term matches; a term without a requirement matches none. */
const matched = (term: readonly JsonObject[]) =>
  nodes.filter(({ labels }) => term.length > 0 && term.every((one) => matches(labels, one)));

test('a required affinity is for Windows where no node of Linux satisfies it', () => {
  // A term that contradicts itself is read as what it says.
  const sensible = fc.array(requirement, { maxLength: 3 }).filter((one) => one.length === 0 || matched(one).length > 0);
  fc.assert(
    fc.property(fc.array(sensible, { maxLength: 3 }), (terms) => {
      const found = evidence(required(...terms.map((one) => term(...one))));
      const systems = terms.flatMap(matched).map(({ system }) => system);
      if (found === undefined) expect(systems.includes('linux') || !systems.includes('windows')).toBe(true);
      else expect(systems).not.toContain('linux');
    }),
  );
});
