import { settingOf } from '../../contract/annotation.ts';
import { haproxyFlags } from '../../contract/haproxy.ts';
import { container, metricsPortName, mountPath, user, volume } from '../../contract/names.ts';
import { imageRepository, sidecarAnnotations } from '../../contract/sidecar-annotations.ts';
import { renderFlags } from '../../flags/render-flags.ts';
import { type JsonObject, objectOf, textOf } from '../../json/json.ts';
import { kindAnnotations } from '../../kinds/annotations.ts';
import { renderCommand } from '../../kinds/command.ts';
import { copyCommand } from '../../kinds/injection/mapping.ts';
import type { Plan } from '../plan/injection-plan.ts';
import { type Pod, podUser } from '../pod/pod.ts';
import type { Request } from '../request/request.ts';

/** What we add to a pod, in the order in which it starts. */
export interface Built {
  /** Run once, before everything else. */
  readonly inits: readonly JsonObject[];
  readonly sidecar: JsonObject;
  readonly haproxy?: JsonObject;
  readonly volumes: readonly JsonObject[];
}

export function build(pod: Pod, request: Request, plan: Plan, version: string): Built {
  const guards = pod.spec.automountServiceAccountToken !== false;
  const common = { pod, guards, image: sidecarImage(request, version) };
  const withProxy = plan.proxy !== undefined;
  return {
    inits: [
      ...(plan.mapping.copyFrom === undefined ? [] : [mappingCopy(common, plan, plan.mapping.copyFrom)]),
      ...(withProxy ? [haproxyConfig(common, plan)] : []),
    ],
    sidecar: sidecar(common, plan),
    ...(withProxy && { haproxy: haproxy(common, request, plan) }),
    volumes: [
      ...(guards ? [{ name: volume.noToken, emptyDir: { sizeLimit: '4Ki' } }] : []),
      ...(plan.mapping.volume === undefined ? [] : [plan.mapping.volume]),
      ...(withProxy ? [{ name: volume.haproxyConfig, emptyDir: { sizeLimit: '1Mi' } }] : []),
    ],
  };
}

interface Common {
  readonly pod: Pod;
  /**
   * Keep the application's API token out: the API server mounts it into every container that mounts nothing there, ours
   * included. A pod that has none needs no guard.
   */
  readonly guards: boolean;
  readonly image: JsonObject;
}

const tokenGuard = { name: volume.noToken, mountPath: mountPath.token, readOnly: true };
/** The last words of a container that failed are its log, without a file to write them to. */
const lastWords = { terminationMessagePolicy: 'FallbackToLogsOnError' };

function sidecar({ pod, guards, image }: Common, plan: Plan): JsonObject {
  return {
    name: container.sidecar,
    ...image,
    args: renderCommand(plan.command),
    ...(plan.native && { restartPolicy: 'Always' }),
    ports: [{ name: metricsPortName, containerPort: plan.ports.get('metrics')!, protocol: 'TCP' }],
    resources: plan.resources.get(container.sidecar)!,
    // Also where it is empty: a patch of the user's can then append to it.
    volumeMounts: [...(guards ? [tokenGuard] : []), ...(plan.mapping.mount === undefined ? [] : [plan.mapping.mount])],
    ...lastWords,
    securityContext: restricted(pod, user.sidecar),
  };
}

/** The official image, without its entrypoint: the container has no shell to run it in. */
function haproxy({ pod, guards }: Common, request: Request, plan: Plan): JsonObject {
  const { image, 'image-pull-policy': pullPolicy } = kindAnnotations.haproxy;
  const settings = plan.command.kinds.haproxy!;
  const policy = settingOf(request, pullPolicy).value;
  return {
    name: container.haproxy,
    image: settingOf(request, image).value,
    ...(policy !== undefined && { imagePullPolicy: policy }),
    command: ['haproxy', '-W', '-db', '-f', settings.configFile],
    ...(plan.native && { restartPolicy: 'Always' }),
    ...(plan.proxy?.name !== undefined && {
      ports: [{ name: plan.proxy.name, containerPort: settings.listenPort, protocol: 'TCP' }],
    }),
    resources: plan.resources.get(container.haproxy)!,
    volumeMounts: [
      ...(guards ? [tokenGuard] : []),
      { name: volume.haproxyConfig, mountPath: mountPath.haproxyConfig, readOnly: true },
    ],
    ...lastWords,
    securityContext: restricted(pod, user.haproxy),
  };
}

function haproxyConfig({ pod, guards, image }: Common, plan: Plan): JsonObject {
  return {
    name: container.haproxyConfig,
    ...image,
    args: ['haproxy-config', ...renderFlags(haproxyFlags, plan.command.kinds.haproxy!)],
    resources: plan.resources.get(container.sidecar)!,
    volumeMounts: [...(guards ? [tokenGuard] : []), { name: volume.haproxyConfig, mountPath: mountPath.haproxyConfig }],
    ...lastWords,
    securityContext: restricted(pod, user.sidecar),
  };
}

/** Runs the application's image, so `cp` must be in it. It runs as who the application runs as: its file is theirs to read. */
function mappingCopy({ pod, guards }: Common, plan: Plan, from: NonNullable<Plan['mapping']['copyFrom']>): JsonObject {
  const { json } = from.container;
  const own = objectOf(json.securityContext)?.runAsUser;
  const policy = textOf(json.imagePullPolicy);
  return {
    name: container.mappingCopy,
    image: textOf(json.image) ?? '',
    ...(policy !== undefined && { imagePullPolicy: policy }),
    command: copyCommand(from.file),
    resources: plan.resources.get(container.sidecar)!,
    volumeMounts: [...(guards ? [tokenGuard] : []), { name: volume.mapping, mountPath: mountPath.mapping }],
    ...lastWords,
    securityContext: {
      ...restricted(pod, user.sidecar),
      ...(typeof own === 'number' && own !== 0 && { runAsUser: own }),
    },
  };
}

function sidecarImage(request: Request, version: string): JsonObject {
  const { value, source } = settingOf(request, sidecarAnnotations.image);
  const policy = settingOf(request, sidecarAnnotations['image-pull-policy']).value;
  return {
    image: source === 'default' && value === imageRepository ? `${value}:${version}` : value,
    ...(policy !== undefined && { imagePullPolicy: policy }),
  };
}

/**
 * Clean under Pod Security `restricted` whatever the pod says. The pod's own user is kept, as a fixed one is
 * refused where a platform assigns them (OpenShift); but root, which `runAsNonRoot` would not start, is not taken over.
 */
function restricted(pod: Pod, uid: number): JsonObject {
  const given = podUser(pod);
  return {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    ...((given === undefined || given === 0) && { runAsUser: uid }),
    seccompProfile: { type: 'RuntimeDefault' },
  };
}
