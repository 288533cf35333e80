import type { KindName } from '../../contract/names.ts';
import type { Decision, Reason } from '../../inject/outcome/outcome.ts';
import type { Operation } from '../../json/operation.ts';
import type { ManifestObject, PodLocation } from '../../manifest/objects.ts';
import type { Manifest, ManifestDocument } from '../../manifest/read/manifest.ts';
import type { ManifestProblem } from '../../manifest/read/manifest-problem.ts';
import type { Position } from '../../text/line-offsets.ts';
import type { TextEdit } from '../../text/text-edit.ts';
import type { LocatedObject } from '../evaluate/cluster-context.ts';

/** The change that one object is to get. */
export interface DesiredChange {
  readonly object: ManifestObject;
  /** One for each pod, pod template or Service in it; empty where nothing of it is ever changed. */
  readonly parts: readonly DesiredPatch[];
  /** The reasons about the object itself. */
  readonly reasons: readonly Reason[];
}

/** The patch that one pod, pod template or Service is to get. */
export interface DesiredPatch {
  readonly location: PodLocation;
  readonly decision: Decision | 'uninjected';
  readonly kinds: readonly KindName[];
  /** Its paths begin at the location. */
  readonly patch: readonly Operation[];
  readonly reasons: readonly Reason[];
}

/** A reason with its position in the text. */
export interface ReasonFinding extends Position {
  readonly source: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly reason: Reason;
  /** The whole sentence. */
  readonly message: string;
  /** The field of the object, such as `spec.template.spec.containers[0]`; absent where another object is at fault. */
  readonly field?: string;
}

/** The change of one object. */
export interface ObjectChange extends LocatedObject, Position {
  /** The decision of its parts that matters most. */
  readonly decision: DesiredPatch['decision'];
  readonly kinds: readonly KindName[];
  /** Its paths begin at the object. */
  readonly patch: readonly Operation[];
  readonly findings: readonly ReasonFinding[];
}

/** The changes of a file or stream. */
export interface ManifestChange {
  readonly manifest: Manifest;
  /** The objects that have pods, the Services that have annotations of ours, and the objects with findings. */
  readonly objects: readonly ObjectChange[];
  /** Problems of reading, and of edits that cannot be made; their documents stay as they are. */
  readonly problems: readonly ManifestProblem[];
  readonly edits: readonly TextEdit[];
  /** The operations on the value of each document. */
  readonly operations: ReadonlyMap<ManifestDocument, readonly Operation[]>;
}
