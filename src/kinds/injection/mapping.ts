import { settingOf } from '../../contract/annotation.ts';
import { mountPath, volume } from '../../contract/names.ts';
import { quote } from '../../flags/codec.ts';
import type { Reason } from '../../inject/outcome/outcome.ts';
import { reason } from '../../inject/outcome/reason-text.ts';
import type { Pod, PodContainer } from '../../inject/pod/pod.ts';
import type { Request } from '../../inject/request/request.ts';
import { type JsonObject, objectOf, objectsOf, textOf } from '../../json/json.ts';
import { kindAnnotations } from '../annotations.ts';

/** Where the sidecar finds its mapping, and what the pod needs for that. */
export interface Mapping {
  readonly source: 'annotation' | 'config-map' | 'share' | 'image-file' | 'none';
  /** For `--statsd.mapping-config`: a file, or the directory that the application shares. */
  readonly config?: string;
  /** To be added; absent where the application's own volume is shared. */
  readonly volume?: JsonObject;
  /** The sidecar's mount. */
  readonly mount?: JsonObject;
  readonly appMounts: readonly { readonly container: PodContainer; readonly mount: JsonObject }[];
  /** Copies the file out of the application's image. */
  readonly copyFrom?: { readonly container: PodContainer; readonly file: string };
  readonly reasons: readonly Reason[];
}

const annotations = kindAnnotations.statsd;
const fileName = 'mapping.yml';
const file = `${mountPath.mapping}/${fileName}`;
const mount = { name: volume.mapping, mountPath: mountPath.mapping, readOnly: true };

export const noMapping: Mapping = { source: 'none', appMounts: [], reasons: [] };

/** Reads the four annotations; more than one is an error, and none of them is taken then. */
export function planMapping(pod: Pod, request: Request): Mapping {
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
  if (text !== undefined) return fromAnnotation();
  if (configMap !== undefined) return fromConfigMap(configMap);
  if (share !== undefined) return fromShare(pod, share);
  return imageFile === undefined ? noMapping : fromImage(pod, imageFile);
}

/** The downward API writes the annotation into a file, and again when it is edited. */
function fromAnnotation(): Mapping {
  const fieldRef = { apiVersion: 'v1', fieldPath: `metadata.annotations['${annotations.mapping.key}']` };
  const downwardAPI = { items: [{ path: fileName, fieldRef }] };
  return { ...noMapping, source: 'annotation', config: file, volume: { name: volume.mapping, downwardAPI }, mount };
}

/** Optional, because a ConfigMap that is missing would keep the whole pod in ContainerCreating. */
function fromConfigMap({ name, key }: { name: string; key: string }): Mapping {
  const configMap = { name, items: [{ key, path: fileName }], optional: true };
  const reasons = [reason('mapping_optional', annotations['mapping-config-map'].key, `${name}/${key}`)];
  return {
    ...noMapping,
    source: 'config-map',
    config: file,
    volume: { name: volume.mapping, configMap },
    mount,
    reasons,
  };
}

/** Directories that a volume over them would break the container. */
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
function fromShare(pod: Pod, wanted: string): Mapping {
  const key = annotations['mapping-share'].key;
  const directory = normal(wanted);
  const failed = (detail: string): Mapping => ({ ...noMapping, reasons: [reason('mount_taken', key, detail)] });
  if (reserved.has(directory)) return failed(`${directory || '/'} is the container's own`);
  const there = pod.containers.flatMap(({ name, json }) =>
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
    ...(there.length === 0 && { volume: { name, emptyDir: {} } }),
    mount: { ...mount, name },
    appMounts: pod.containers
      .filter((one) => !mounted.has(one.name))
      .map((one) => ({ container: one, mount: { name, mountPath: directory } })),
    reasons: there.length === 0 ? [] : [reason('mapping_share_reused', key, `volume ${quote(name)}`)],
  };
}

/** The image of the container that kubectl takes for the application's, or of the first one. */
function fromImage(pod: Pod, from: string): Mapping {
  const named = pod.annotations.get('kubectl.kubernetes.io/default-container');
  const app = pod.containers.find(({ name }) => name === named) ?? pod.containers[0]!;
  return {
    ...noMapping,
    source: 'image-file',
    config: file,
    volume: { name: volume.mapping, emptyDir: {} },
    mount,
    copyFrom: { container: app, file: from },
    reasons: [reason('mapping_image_file', annotations['mapping-image-file'].key, "by its image's cp")],
  };
}

/** The arguments that copy the file; a path is absolute, so it cannot be taken for an option. */
export function copyCommand(from: string): string[] {
  return ['cp', from, file];
}

function normal(path: string): string {
  return path.replace(/\/+/g, '/').replace(/\/$/, '');
}
