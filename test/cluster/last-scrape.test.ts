import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { nodeImage } from './apps.ts';
import { eventually } from './eventually.ts';
import { apply, must, pods } from './kubectl.ts';
import { query } from './prometheus.ts';

const namespace = 'last-scrape';

/** `up` comes back when the sidecar takes lines, `count` when so many of them are on their way. */
const counting = `
const { STATSD_HOST: host, STATSD_PORT: port } = process.env;
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const up = () => new Promise((resolve) => {
  const knock = () => require('net').connect(+port, host, function () { this.destroy(); resolve(); })
    .on('error', () => setTimeout(knock, 100));
  knock();
});
const socket = require('dgram').createSocket('udp4');
const count = async (name, times) => {
  for (let i = 0; i < times; i++) await new Promise((resolve) => socket.send(name + ':1|c', +port, host, resolve));
};`;

/** Lives two seconds after its first sample, and counts to the end. */
const short = `${counting}
up().then(() => count('short_job_done', 7)).then(() => pause(2000)).then(() => count('short_job_done', 5))
  .then(() => process.exit());`;

/** Counts most of it when it is told to stop. */
const stopped = `${counting}
up().then(() => count('stopped_pod_done', 3));
process.on('SIGTERM', () => count('stopped_pod_done', 500).then(() => process.exit()));
setInterval(() => {}, 1e6);`;

const template = (name: string, program: string, restartPolicy: 'Always' | 'Never') => ({
  metadata: { labels: { app: name }, annotations: { 'metrics-sidecar.io/inject': 'statsd' } },
  spec: {
    restartPolicy,
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'app',
        image: nodeImage,
        imagePullPolicy: 'IfNotPresent',
        command: ['node', '-e', program],
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '128Mi' } },
      },
    ],
  },
});

/** The last value that Prometheus has, also of a pod that is gone. */
async function lastValue(series: string): Promise<readonly number[]> {
  return (await query(`last_over_time(${series}[10m])`)).map(({ value: [, value] }) => Number(value));
}

describe.skipIf(inject('missing'))('what a pod counts last is scraped before it ends', () => {
  beforeAll(async () => {
    await must(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=120s']);
    await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
  });
  afterAll(() => must(['delete', 'namespace', namespace, '--wait=false']));

  test('a Job of two seconds', async () => {
    const metadata = { name: 'short', namespace };
    const spec = { backoffLimit: 0, template: template('short', short, 'Never') };
    await apply([{ apiVersion: 'batch/v1', kind: 'Job', metadata, spec }]);
    await must(['wait', '--for=condition=complete', 'job/short', '-n', namespace, '--timeout=120s']);
    await eventually(async () => expect(await lastValue('short_job_done')).toEqual([12]), 30);
  });

  test('a pod of a Deployment that is deleted', async () => {
    const metadata = { name: 'stopped', namespace };
    const spec = {
      selector: { matchLabels: { app: 'stopped' } },
      template: template('stopped', stopped, 'Always'),
    };
    await apply([{ apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec }]);
    await must(['rollout', 'status', 'deployment/stopped', '-n', namespace, '--timeout=120s']);
    await eventually(async () => expect(await lastValue('stopped_pod_done')).toEqual([3]));
    await must(['delete', 'deployment', 'stopped', '-n', namespace]);
    await eventually(async () => expect(await pods(namespace, 'app=stopped')).toEqual([]), 60);
    expect(await lastValue('stopped_pod_done')).toEqual([503]);
  });
});
