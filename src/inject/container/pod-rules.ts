import { quote } from '../../flags/codec.ts';
import { type JsonObject, objectOf, objectsOf, textOf } from '../../json/json.ts';
import { gracePeriodSeconds } from '../pod/lifetime.ts';
import type { Place } from './place.ts';
import { checkQuotas } from './quota-rules.ts';
import { checkResources } from './resource-rules.ts';
import { isGiven, type Report, unique } from './shape.ts';

/** Reports the fields for which this pod and namespace refuse the container; `containerShape` checks all others. */
export function checkInPod(container: JsonObject, place: Place, report: Report): void {
  checkVolumes(container, place, report);
  checkHostPorts(container, place, report);
  checkSecurity(container, place, report);
  checkLifetime(container, place, report);
  checkClaims(container, place, report);
  checkResources(container, place, report);
  checkQuotas(container, place, report);
}

function checkVolumes(container: JsonObject, { pod, volumes }: Place, report: Report): void {
  const byName = new Map(volumes.map((volume) => [textOf(volume.name), volume]));
  const mounts = objectsOf(container.volumeMounts);
  for (const [i, { name, mountPropagation }] of mounts.entries()) {
    const path = `/volumeMounts/${i}`;
    if (typeof name === 'string' && name !== '' && !byName.has(name))
      report(`${path}/name`, `the pod has no volume ${quote(name)}`);
    if (mountPropagation === 'Bidirectional' && objectOf(container.securityContext)?.privileged !== true)
      report(`${path}/mountPropagation`, 'Bidirectional needs a privileged container');
  }
  const mounted = new Set(
    mounts.flatMap(({ name, mountPath }) => [`name ${String(name)}`, `path ${String(mountPath)}`]),
  );
  const devices = objectsOf(container.volumeDevices);
  if (devices.length > 0 && pod.spec.hostUsers === false)
    report('/volumeDevices', 'there are none where hostUsers is false');
  unique(
    devices,
    ({ name }) => textOf(name),
    (i, name) => report(`/volumeDevices/${i}/name`, `${quote(name)} has a path already`),
  );
  for (const [i, { name, devicePath }] of devices.entries()) {
    const path = `/volumeDevices/${i}`;
    const volume = byName.get(textOf(name));
    if (volume === undefined) report(`${path}/name`, `the pod has no volume ${quote(String(name))}`);
    else if (!isGiven(volume.persistentVolumeClaim) && !isGiven(volume.ephemeral))
      report(`${path}/name`, 'is no volume of a claim');
    if (mounted.has(`name ${String(name)}`)) report(`${path}/name`, 'is mounted already');
    if (mounted.has(`path ${String(devicePath)}`)) report(`${path}/devicePath`, 'is mounted already');
  }
}

function checkHostPorts(container: JsonObject, { pod }: Place, report: Report): void {
  const others = [...pod.initContainers, ...pod.containers].flatMap(({ json }) => objectsOf(json.ports));
  const own = objectsOf(container.ports);
  unique(
    [...others, ...own],
    ({ hostPort, hostIP, protocol }) =>
      typeof hostPort === 'number' && hostPort > 0
        ? `${hostPort} ${textOf(hostIP) ?? ''} ${textOf(protocol) || 'TCP'}`
        : undefined,
    (i, key) => {
      if (i >= others.length) report(`/ports/${i - others.length}/hostPort`, `${key.split(' ')[0]} is taken`);
    },
  );
}

function checkSecurity(container: JsonObject, { pod }: Place, report: Report): void {
  const context = objectOf(container.securityContext) ?? {};
  const path = '/securityContext';
  if (context.procMount === 'Unmasked' && pod.spec.hostUsers !== false)
    report(`${path}/procMount`, 'Unmasked needs hostUsers: false of the pod');
  if (isGiven(context.windowsOptions)) report(`${path}/windowsOptions`, 'the container runs on Linux');
}

/** A hook that sleeps ends within the pod's grace period. */
function checkLifetime(container: JsonObject, { pod }: Place, report: Report): void {
  const most = gracePeriodSeconds(pod);
  for (const hook of ['postStart', 'preStop']) {
    const seconds = objectOf(objectOf(objectOf(container.lifecycle)?.[hook])?.sleep);
    if (seconds === undefined) continue;
    const value = seconds.seconds ?? 0;
    if (typeof value === 'number' && (value < 1 || value > most))
      report(`/lifecycle/${hook}/sleep/seconds`, `${value} is not 1 to ${most}, the pod's grace period`);
  }
  if (pod.spec.restartPolicy !== 'Never') return;
  for (const [i, { restartPolicy }] of objectsOf(container.resizePolicy).entries())
    if (restartPolicy === 'RestartContainer')
      report(`/resizePolicy/${i}/restartPolicy`, 'the pod never restarts a container: NotRequired');
}

function checkClaims(container: JsonObject, { pod }: Place, report: Report): void {
  const known = new Set(objectsOf(pod.spec.resourceClaims).map(({ name }) => name));
  const claims = objectsOf(objectOf(container.resources)?.claims);
  for (const [i, { name }] of claims.entries()) {
    const isNamed = typeof name === 'string' && name !== '';
    if (isNamed && !known.has(name)) report(`/resources/claims/${i}/name`, `the pod has no claim ${quote(name)}`);
  }
  unique(
    claims,
    ({ name, request }) => `${String(name)} ${textOf(request) ?? ''}`,
    (i) => report(`/resources/claims/${i}`, 'is asked for already'),
  );
}
