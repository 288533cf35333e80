import { type Annotation, type GivenSettings, settingOf } from '../../contract/annotation.ts';
import { type ConfigMapKey, noLimit } from '../../contract/annotation-codecs.ts';
import { container, mountPath, user, volume } from '../../contract/names.ts';
import { quote } from '../../flags/codec.ts';
import type { Reason } from '../../inject/outcome/outcome.ts';
import { reason } from '../../inject/outcome/reason-text.ts';
import type { Pod, PodContainer } from '../../inject/pod/pod.ts';
import { isPlainUser } from '../../inject/pod/uid-range.ts';
import { type JsonObject, objectOf, objectsOf, textOf } from '../../json/json.ts';
import type { OwnContainer, Share } from './kind-plan.ts';
import { shareOf } from './share.ts';

/** The settings that name a source of the mapping. */
export interface MappingAnnotations {
  readonly mapping: Annotation<string | undefined>;
  readonly 'mapping-config-map': Annotation<ConfigMapKey | undefined>;
  readonly 'mapping-share': Annotation<string | undefined>;
  readonly 'mapping-share-size': Annotation<string>;
  readonly 'mapping-image-file': Annotation<string | undefined>;
}

/** The place where the sidecar finds its mapping, and what the pod needs for that. */
export interface Mapping {
  readonly source: 'annotation' | 'config-map' | 'share' | 'image-file' | 'none';
  /** For `--statsd.mapping-config`: a file, or the directory that the application shares. */
  readonly config?: string;
  readonly share: Share;
  readonly reasons: readonly Reason[];
}

/** The sidecar reads 1 MiB of a mapping; Kubernetes evicts a pod whose volume grows beyond its size. */
const copiedFileSize = '16Mi';
const fileName = 'mapping.yml';
const file = `${mountPath.mapping}/${fileName}`;
const ownMount = { name: volume.mapping, mountPath: mountPath.mapping, readOnly: true };

const noMapping: Mapping = { source: 'none', share: shareOf({}), reasons: [] };

/** A volume that the sidecar alone reads. */
function volumeOfSidecar(source: JsonObject): Share {
  return shareOf({
    volume: { name: volume.mapping, ...source },
    ownMounts: new Map([[container.sidecar, ownMount]]),
  });
}

/** Reads the four annotations; more than one is an error, and none of them is taken then. */
export function planMapping(pod: Pod, request: GivenSettings, annotations: MappingAnnotations): Mapping {
  const text = settingOf(request, annotations.mapping).value;
  const configMap = settingOf(request, annotations['mapping-config-map']).value;
  const share = settingOf(request, annotations['mapping-share']).value;
  const imageFile = settingOf(request, annotations['mapping-image-file']).value;
  const given = [
    ...(text === undefined ? [] : [annotations.mapping.key]),
    ...(configMap === undefined ? [] : [annotations['mapping-config-map'].key]),
    ...(share === undefined ? [] : [annotations['mapping-share'].key]),
    ...(imageFile === undefined ? [] : [annotations['mapping-image-file'].key]),
  ];
  if (given.length > 1)
    return {
      ...noMapping,
      reasons: [
        reason(
          'mapping_sources',
          given[0]!,
          given
            .slice(1)
            .map((key) => key.split('/')[1])
            .join(', '),
        ),
      ],
    };
  if (text !== undefined) return fromAnnotation(annotations.mapping.key);
  if (configMap !== undefined) return fromConfigMap(configMap, annotations['mapping-config-map'].key);
  if (share !== undefined) {
    const size = settingOf(request, annotations['mapping-share-size']).value;
    return fromDirectory(pod, share, size, annotations['mapping-share'].key);
  }
  return imageFile === undefined ? noMapping : fromImage(pod, imageFile, annotations['mapping-image-file'].key);
}

/** The downward API writes the annotation into a file, and again when it is edited. */
function fromAnnotation(key: string): Mapping {
  const fieldRef = { apiVersion: 'v1', fieldPath: `metadata.annotations['${key}']` };
  const downwardAPI = { items: [{ path: fileName, fieldRef }] };
  return { source: 'annotation', config: file, share: volumeOfSidecar({ downwardAPI }), reasons: [] };
}

/** Optional, because a ConfigMap that is missing would keep the whole pod in ContainerCreating. */
function fromConfigMap({ name, key: item }: ConfigMapKey, key: string): Mapping {
  const configMap = { name, items: [{ key: item, path: fileName }], optional: true };
  return {
    source: 'config-map',
    config: file,
    share: volumeOfSidecar({ configMap }),
    reasons: [reason('mapping_optional', key, `${name}/${item}`)],
  };
}

/** Directories that a container does not survive a volume over. */
const reserved: ReadonlySet<string> = new Set([
  '',
  '/dev',
  '/proc',
  '/sys',
  '/etc',
  '/usr',
  '/bin',
  '/lib',
  '/var',
  '/run',
]);

/** A directory of the application's containers; an emptyDir that is mounted there already is shared as it is. */
function fromDirectory(pod: Pod, wanted: string, size: string, key: string): Mapping {
  const directory = normal(wanted);
  const failed = (detail: string): Mapping => ({ ...noMapping, reasons: [reason('mount_taken', key, detail)] });
  if (reserved.has(directory)) return failed(`${directory || '/'} is the container's own`);
  const there = pod.served.flatMap(({ name, json }) =>
    objectsOf(json.volumeMounts)
      .filter((one) => normal(textOf(one.mountPath) ?? '') === directory)
      .map((one) => ({ name, one })),
  );
  const names = new Set(there.map(({ one }) => textOf(one.name) ?? ''));
  const reused = pod.volumes.find((one) => names.has(textOf(one.name) ?? ''));
  const whole = there.every(({ one }) => (one.subPath ?? one.subPathExpr) === undefined && one.readOnly !== true);
  if (there.length > 0 && !(names.size === 1 && whole && objectOf(reused?.emptyDir) !== undefined)) {
    return failed(`container ${quote(there[0]!.name)} mounts volume ${quote([...names][0]!)}`);
  }
  const name = [...names][0] ?? volume.mapping;
  const mounted = new Set(there.map((one) => one.name));
  return {
    source: 'share',
    config: mountPath.mapping,
    share: shareOf({
      ...(there.length === 0 && { volume: { name, emptyDir: size === noLimit ? {} : { sizeLimit: size } } }),
      ownMounts: new Map([[container.sidecar, { ...ownMount, name }]]),
      appMounts: new Map(
        pod.served
          .filter((one) => !mounted.has(one.name))
          .map((one) => [one.name, { name, mountPath: directory }] as const),
      ),
    }),
    reasons: there.length === 0 ? [] : [reason('mapping_share_reused', key, `volume ${quote(name)}`)],
  };
}

/** The image of the container that kubectl takes for the application's, or of the first one. */
function fromImage(pod: Pod, from: string, key: string): Mapping {
  const named = pod.annotations.get('kubectl.kubernetes.io/default-container');
  const app = pod.served.find(({ name }) => name === named) ?? pod.served[0]!;
  const mount = { name: volume.mapping, mountPath: mountPath.mapping };
  return {
    source: 'image-file',
    config: file,
    share: shareOf({
      volume: { name: volume.mapping, emptyDir: { sizeLimit: copiedFileSize } },
      ownMounts: new Map<string, JsonObject>([
        [container.sidecar, ownMount],
        [container.mappingCopy, mount],
      ]),
      inits: [mappingCopy(app, from)],
    }),
    reasons: [reason('mapping_image_file', key, "by its image's cp")],
  };
}

/**
 * Runs the application's image, so `cp` must be in it. It runs as the application's user and group, who can read the
 * file. The path is absolute, so `cp` cannot take it for an option.
 */
function mappingCopy({ json }: PodContainer, from: string): OwnContainer {
  const { runAsUser: uid, runAsGroup: gid } = objectOf(json.securityContext) ?? {};
  const policy = textOf(json.imagePullPolicy);
  return {
    name: container.mappingCopy,
    image: { image: textOf(json.image) ?? '', ...(policy !== undefined && { imagePullPolicy: policy }) },
    command: ['cp', from, file],
    user: user.sidecar,
    ...(isPlainUser(uid) && { runAs: { uid, ...((gid === 0 || isPlainUser(gid)) && { gid }) } }),
  };
}

function normal(path: string): string {
  return path.replace(/\/+/g, '/').replace(/\/$/, '');
}
