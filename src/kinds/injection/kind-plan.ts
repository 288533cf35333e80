import type { Annotation, GivenSettings, Setting } from '../../contract/annotation.ts';
import type { Reason } from '../../inject/outcome/outcome.ts';
import type { Pod } from '../../inject/pod/pod.ts';
import type { Moved } from '../../inject/pod/undo.ts';
import type { JsonObject } from '../../json/json.ts';
import type { Operation } from '../../json/operation.ts';
import type { Destination } from './destination.ts';

/** The ports of a plan by the names that the status annotation gives them: `metrics`, `statsd-udp`. */
export type Ports = ReadonlyMap<string, number>;

export type Protocol = 'TCP' | 'UDP';

/** A port that something of ours listens on. */
export interface WantedPort {
  /** As the status annotation calls it: `metrics`, `statsd-udp`. */
  readonly name: string;
  /** The annotation that sets it. */
  readonly key: string;
  readonly protocol: Protocol;
  readonly setting: Setting<number>;
}

/** A mount in a container of the application; `uninject` finds it by these two fields, so it has no others. */
export interface AppMount {
  readonly name: string;
  readonly mountPath: string;
}

/** A directory or variables that a kind shares with the application, or between containers of ours. */
export interface Share {
  /** The volume to add; absent where a volume of the application is shared, or none. */
  readonly volume?: JsonObject;
  /** Mounts in containers of ours, by the container's name. */
  readonly ownMounts: ReadonlyMap<string, JsonObject>;
  /** Mounts in containers of the application, by the container's name. */
  readonly appMounts: ReadonlyMap<string, AppMount>;
  /** Containers that run once, before the application. */
  readonly inits: readonly OwnContainer[];
  /** The listeners of the kind that the application finds by variables. */
  readonly destinations: readonly Destination[];
}

/**
 * A container of ours beside the sidecar. The engine adds the resources, the mounts of the shares, the guard of the
 * application's API token and the security context.
 */
export interface OwnContainer {
  readonly name: string;
  /** `image` and `imagePullPolicy`; absent: those of the sidecar. */
  readonly image?: JsonObject;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly ports?: readonly JsonObject[];
  /** The user of the image, for a pod that gives none. */
  readonly user: number;
  /** The user and group even of a pod that gives others. */
  readonly runAs?: { readonly uid: number; readonly gid?: number };
}

/** The settings of a container's resources, in the table of a container's annotations. */
export type ResourceAnnotations = Readonly<
  Record<'cpu-request' | 'cpu-limit' | 'guaranteed-cpu' | 'memory-request' | 'memory-limit', Annotation<string>>
>;

/** A container of ours that keeps running beside the sidecar. */
export interface RunningContainer extends OwnContainer {
  readonly resources: ResourceAnnotations;
}

/** The name of a port of the application that moves to a container of ours. */
export interface Takeover {
  readonly name: string;
  /** Changes of the application's containers. */
  readonly edits: readonly Operation[];
  /** The same changes, for the record that `uninject` reads. */
  readonly moves: readonly Moved[];
}

/** The plan of a kind for one pod, before any port is chosen. */
export interface KindPlan<Settings> {
  /** The application's port behind a container of the kind: nothing of ours may listen there. */
  readonly appPort?: number;
  readonly takeover?: Takeover;
  readonly reasons: readonly Reason[];
  /**
   * @param base the settings as far as the annotations of flags make them
   * @param ports the ports that were chosen, those of other kinds too
   * @param native whether the containers are native sidecars, which end after the application
   */
  complete(base: Settings, ports: Ports, native: boolean): KindParts<Settings>;
}

/** Everything that a pod gets for a kind. */
export interface KindParts<Settings> {
  /** The settings of the runtime: its segment of the sidecar's arguments. */
  readonly settings: Settings;
  readonly shares: readonly Share[];
  readonly containers: readonly RunningContainer[];
  /** Entries of `decisions` in the status annotation. */
  readonly decisions: Decisions;
  readonly reasons: readonly Reason[];
}

export type Decisions = Readonly<Record<string, string>>;

/** How a kind is injected. */
export interface KindInjection<Settings> {
  /** Names that no pod may have already, and that `uninject` takes back. */
  readonly names: {
    /** Containers that run once. */
    readonly inits: readonly string[];
    /** Containers that keep running. */
    readonly running: readonly string[];
    readonly volumes: readonly string[];
  };
  /** Every port that the kind listens on. */
  ports(request: GivenSettings): readonly WantedPort[];
  plan(pod: Pod, request: GivenSettings): KindPlan<Settings>;
  /** The listeners that the application finds by variables. The ports are those of a plan or of a status. */
  destinations(ports: Ports): readonly Destination[];
  /** Variables that earlier versions gave beside these: `uninject` takes them back too. */
  retiredEnvironment(ports: Ports): ReadonlyMap<string, string>;
  /** Entries of `decisions` in the status of a pod that did not ask for the kind. */
  readonly decisions: Decisions;
}
