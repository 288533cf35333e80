import { settingOf } from '../../contract/annotation.ts';
import { container, metricsPortName, mountPath, user, volume } from '../../contract/names.ts';
import { imageRepository, sidecarAnnotations } from '../../contract/sidecar-annotations.ts';
import type { Json, JsonObject } from '../../json/json.ts';
import { renderCommand } from '../../kinds/command.ts';
import type { OwnContainer, Share } from '../../kinds/injection/kind-plan.ts';
import { portOf } from '../../kinds/injection/wanted-port.ts';
import type { Plan } from '../plan/injection-plan.ts';
import type { UserChoice } from '../plan/user.ts';
import type { Pod } from '../pod/pod.ts';
import type { Request } from '../request/request.ts';

/** The containers and volumes that we add to a pod, in the order in which they start. */
export interface Built {
  /** Run once, before everything else. */
  readonly inits: readonly JsonObject[];
  readonly sidecar: JsonObject;
  /** Other containers of ours that keep running. */
  readonly others: readonly JsonObject[];
  readonly volumes: readonly JsonObject[];
}

export function build(pod: Pod, request: Request, plan: Plan, version: string): Built {
  const hidesApiToken = pod.spec.automountServiceAccountToken !== false;
  const common = { hidesApiToken, image: sidecarImage(request, version), plan };
  const sidecar: OwnContainer = {
    name: container.sidecar,
    args: renderCommand(plan.command),
    ports: [{ name: metricsPortName, containerPort: portOf(plan.ports, 'metrics'), protocol: 'TCP' }],
    user: user.sidecar,
  };
  return {
    inits: initsOf(plan.shares).map((init) => built(common, init, false)),
    sidecar: built(common, sidecar, plan.native),
    others: plan.containers.map((other) => built(common, other, plan.native)),
    volumes: hidesApiToken ? [tokenVolume, ...volumesOf(plan.shares)] : volumesOf(plan.shares),
  };
}

function initsOf(shares: readonly Share[]): readonly OwnContainer[] {
  const [only, another] = shares.filter(({ inits }) => inits.length > 0);
  return another === undefined ? (only?.inits ?? []) : shares.flatMap(({ inits }) => inits);
}

function volumesOf(shares: readonly Share[]): readonly JsonObject[] {
  const volumes: JsonObject[] = [];
  for (const share of shares) if (share.volume !== undefined) volumes.push(share.volume);
  return volumes;
}

interface Common {
  /**
   * Keep the application's API token out: the API server mounts it into every container that mounts nothing there, ours
   * included. A pod that has none needs no guard.
   */
  readonly hidesApiToken: boolean;
  /** Of the sidecar. */
  readonly image: JsonObject;
  readonly plan: Plan;
}

const tokenVolume = { name: volume.noToken, emptyDir: { sizeLimit: '4Ki' } };
const tokenGuard = { name: volume.noToken, mountPath: mountPath.token, readOnly: true };
/** The termination message of a container that failed is the end of its log: it has no file to write one to. */
const terminationMessagePolicy = 'FallbackToLogsOnError';

/** Written as it grows: to spread the parts that most containers lack costs each pod microseconds. */
function built({ hidesApiToken, image, plan }: Common, own: OwnContainer, restarts: boolean): JsonObject {
  const json: { [field: string]: Json } = { name: own.name, ...(own.image ?? image) };
  if (own.command !== undefined) json['command'] = own.command;
  if (own.args !== undefined) json['args'] = own.args;
  if (restarts) json['restartPolicy'] = 'Always';
  if (own.ports !== undefined) json['ports'] = own.ports;
  // A container that runs once has the resources of the sidecar, which it runs before.
  json['resources'] = plan.resources.get(own.name) ?? plan.resources.get(container.sidecar)!;
  const mounts: JsonObject[] = hidesApiToken ? [tokenGuard] : [];
  for (const { ownMounts } of plan.shares) {
    const mount = ownMounts.get(own.name);
    if (mount !== undefined) mounts.push(mount);
  }
  // Also where it is empty: a patch of the user's can then append to it.
  json['volumeMounts'] = mounts;
  json['terminationMessagePolicy'] = terminationMessagePolicy;
  json['securityContext'] = restricted(plan.user, own);
  return json;
}

function sidecarImage(request: Request, version: string): JsonObject {
  const { value, source } = settingOf(request, sidecarAnnotations.image);
  const policy = settingOf(request, sidecarAnnotations['image-pull-policy']).value;
  return {
    image: source === 'default' && value === imageRepository ? `${value}:${version}` : value,
    ...(policy !== undefined && { imagePullPolicy: policy }),
  };
}

/** Clean under Pod Security `restricted` whatever the pod says. */
function restricted(choice: UserChoice, own: OwnContainer): JsonObject {
  const { uid, gid } = own.runAs ?? (choice === 'image' ? { uid: own.user } : choice);
  return {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    ...(uid !== undefined && { runAsUser: uid }),
    ...(gid !== undefined && { runAsGroup: gid }),
    seccompProfile: { type: 'RuntimeDefault' },
  };
}
