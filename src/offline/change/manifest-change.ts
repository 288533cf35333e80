import type { KindName } from '../../contract/names.ts';
import type { Decision, Reason } from '../../inject/outcome/outcome.ts';
import type { Operation } from '../../json/operation.ts';
import type { ManifestObject, PodPlace } from '../../manifest/objects.ts';
import type { Manifest, ManifestDocument } from '../../manifest/read/manifest.ts';
import type { Problem } from '../../manifest/read/manifest-problem.ts';
import type { Position } from '../../text/line-offsets.ts';
import type { TextEdit } from '../../text/text-edit.ts';
import type { Stands } from '../evaluate/cluster-context.ts';

/** What is to become of one object. */
export interface Wish {
  readonly object: ManifestObject;
  /** One for each pod, template or Service in it; empty where it is not ours to change. */
  readonly parts: readonly WishedPart[];
  /** About the object itself. */
  readonly reasons: readonly Reason[];
}

export interface WishedPart {
  readonly place: PodPlace;
  readonly decision: Decision | 'uninjected';
  readonly kinds: readonly KindName[];
  /** Paths begin at the place. */
  readonly patch: readonly Operation[];
  readonly reasons: readonly Reason[];
}

/** A reason at its place in the text. */
export interface Finding extends Position {
  readonly source: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly reason: Reason;
  /** The whole sentence. */
  readonly message: string;
  /** Where it stands in the object: `spec.template.spec.containers[0]`; absent where another object is at fault. */
  readonly field?: string;
}

/** What became of one object. */
export interface ChangedObject extends Stands, Position {
  /** That of its parts that matters most. */
  readonly decision: WishedPart['decision'];
  readonly kinds: readonly KindName[];
  /** Paths begin at the object. */
  readonly patch: readonly Operation[];
  readonly findings: readonly Finding[];
}

/** What became of a file or stream. */
export interface Changed {
  readonly manifest: Manifest;
  /** Those that have pods, are a Service that says something, or of which something is to be said. */
  readonly objects: readonly ChangedObject[];
  /** Of the reading, and of edits that cannot be made; what they concern stays as it is. */
  readonly problems: readonly Problem[];
  readonly edits: readonly TextEdit[];
  /** By document: what is done to its value. */
  readonly operations: ReadonlyMap<ManifestDocument, readonly Operation[]>;
}
