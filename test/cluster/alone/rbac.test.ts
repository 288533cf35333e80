import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { applyAsHelm, installChart, mustHelm, name, namespace, release, scale, webhookPods } from '../chart.ts';
import { check } from '../cli.ts';
import { eventually } from '../eventually.ts';
import { apply, type KubernetesObject, must } from '../kubectl.ts';

/** Where the API server writes its audit log, with the policy beside this file. */
const log = process.env.AUDIT_LOG;
if (log === undefined && process.env.CI !== undefined) throw new Error('AUDIT_LOG is not set');
if (log === undefined) console.error('\nRBAC by the audit log SKIPPED: AUDIT_LOG names no file\n');

interface Rule {
  apiGroups: string[];
  resources: string[];
  resourceNames?: string[];
  verbs: string[];
}
interface Role extends KubernetesObject {
  metadata: { name: string; namespace?: string };
  rules: Rule[];
}
interface Call {
  verb: string;
  group: string;
  resource: string;
  name: string;
  namespace: string;
}

/** One right: what is allowed at the finest. */
interface Right extends Omit<Call, 'namespace'> {
  /** Of the Role; empty in a ClusterRole. */
  readonly namespace: string;
}

async function roles(): Promise<Role[]> {
  const { out } = await must([
    ...['get', 'clusterroles,roles', '-n', namespace, '-o', 'json'],
    ...['-l', `app.kubernetes.io/instance=${release}`],
  ]);
  return (JSON.parse(out) as { items: Role[] }).items;
}

function rightsOf({ metadata, rules }: Role): Right[] {
  return rules.flatMap(({ apiGroups, resources, resourceNames = [''], verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        resourceNames.flatMap((one) =>
          verbs.map((verb) => ({ verb, group, resource, name: one, namespace: metadata.namespace ?? '' })),
        ),
      ),
    ),
  );
}

/** The calls of the webhook's service account; its self-reviews and the discovery of the API are nobody's right. */
async function calls(): Promise<Call[]> {
  const lines = (await readFile(log!, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.flatMap((line) => {
    const event = JSON.parse(line) as {
      verb: string;
      user: { username: string };
      responseStatus?: { code?: number };
      objectRef?: { apiGroup?: string; resource: string; subresource?: string; name?: string; namespace?: string };
    };
    if (event.user.username !== `system:serviceaccount:${namespace}:${name}` || event.objectRef === undefined)
      return [];
    const { apiGroup = '', resource, subresource, name: of = '', namespace: where = '' } = event.objectRef;
    const call = {
      verb: event.verb,
      group: apiGroup,
      resource: subresource === undefined ? resource : `${resource}/${subresource}`,
      name: of,
      namespace: where,
    };
    // An apply of what is not there is authorised as `create` too, by its name.
    const created = event.verb === 'patch' && event.responseStatus?.code === 201;
    return created ? [call, { ...call, verb: 'create' }] : [call];
  });
}

const covers = (right: Right, call: Call) =>
  right.verb === call.verb &&
  right.group === call.group &&
  right.resource === call.resource &&
  (right.name === '' || right.name === call.name) &&
  (right.namespace === '' || right.namespace === call.namespace);
const shown = ({ verb, group, resource, name: one, namespace: where }: Call) =>
  `${verb} ${resource}${group === '' ? '' : `.${group}`}${one === '' ? '' : ` ${one}`}${where === '' ? '' : ` in ${where}`}`;

describe.skipIf(inject('missing') || log === undefined)('what the webhook may do is what it does', () => {
  beforeAll(async () => {
    await installChart();
    await everything();
  });

  test('every call is covered, every right is used', async () => {
    const rights = (await roles()).flatMap(rightsOf);
    const made = await calls();
    expect(made.length).toBeGreaterThan(0);
    const uncovered = made.filter((call) => !rights.some((right) => covers(right, call)));
    expect([...new Set(uncovered.map(shown))]).toEqual([]);
    const unused = rights.filter((right) => !made.some((call) => covers(right, call)));
    expect(unused.map(shown)).toEqual([]);
    console.log(`rbac: ${rights.length} rights, ${new Set(made.map(shown)).size} different calls`);
  });

  test('without any one right, check says which', async () => {
    for (const role of await roles()) {
      for (const [i, rule] of role.rules.entries()) {
        for (const verb of rule.verbs) {
          const less = { ...rule, verbs: rule.verbs.filter((other) => other !== verb) };
          const rules = role.rules.flatMap((other, j) => (j === i ? (less.verbs.length === 0 ? [] : [less]) : [other]));
          await applyAsHelm({ ...role, rules });
          const { code, out } = await check('--only', 'webhook.rbac');
          for (const resource of rule.resources) expect(out).toContain(`${verb} ${resource}`);
          expect(code).toBe(1);
          await applyAsHelm(role);
        }
      }
    }
    expect(await check('--only', 'webhook.rbac')).toMatchObject({ code: 0 });
  });
});

/**
 * Lets the webhook do everything once that it ever does: issue, rotate, heal, look for missed pods, tell an owner
 * twice.
 */
async function everything(): Promise<void> {
  await mustHelm([
    ...['upgrade', release, 'charts/metrics-sidecar', '--namespace', namespace, '--reset-values', '--wait'],
    ...['--set', 'certificates.auto.overlap=5s'],
  ]);
  await must(['delete', 'secret', `${name}-certs`, '-n', namespace]);
  await eventually(() => must(['get', 'secret', `${name}-certs`, '-n', namespace]));
  await must(['delete', 'namespace', 'rbac', '--ignore-not-found', '--timeout=120s']);
  await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'rbac' } }]);
  // An owner of each kind that the webhook looks behind: a Deployment's ReplicaSet, a CronJob's Job.
  const template = {
    metadata: { labels: { app: 'rbac' }, annotations: { 'metrics-sidecar.io/inject': 'statsd' } },
    spec: { schedulerName: 'nobody', containers: [{ name: 'app', image: 'example.invalid/app:1' }] },
  };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'rbac', namespace: 'rbac' },
    spec: { replicas: 1, selector: { matchLabels: { app: 'rbac' } }, template },
  };
  const cron = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'rbac', namespace: 'rbac' },
    spec: {
      schedule: '0 0 1 1 *',
      jobTemplate: { spec: { template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } } },
    },
  };
  const own = (kind: 'StatefulSet' | 'DaemonSet', spec: object) => ({
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: 'rbac', namespace: 'rbac' },
    spec: { selector: { matchLabels: { app: 'rbac' } }, template, ...spec },
  });
  await apply([deployment, cron, own('StatefulSet', { serviceName: 'rbac' }), own('DaemonSet', {})]);
  await must(['create', 'job', 'rbac', '-n', 'rbac', '--from=cronjob/rbac']);
  const events = async (count: number) => {
    const { out } = await must(['get', 'events', '-n', 'rbac', '-o', 'json']);
    const ours = (JSON.parse(out) as { items: { reason: string; count?: number }[] }).items.filter(
      ({ reason }) => reason === 'SidecarInjected',
    );
    expect(ours.reduce((sum, event) => sum + (event.count ?? 1), 0)).toBeGreaterThanOrEqual(count);
  };
  await eventually(() => events(4), 90);
  // Each of the two replicas writes an Event of its own; the third time one of them has to count its own up.
  for (const replicas of [20, 40]) {
    await must(['scale', 'deployment/rbac', '-n', 'rbac', `--replicas=${replicas}`]);
    await eventually(() => events(replicas - 5), 90);
  }
  // A new start lists everything again.
  await scale(0);
  await scale(2);
  expect(await webhookPods()).toHaveLength(2);
  await must(['delete', 'namespace', 'rbac', '--wait=false']);
}
