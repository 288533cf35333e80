import type { LintCode } from '../../inject/outcome/reasons.ts';
import type { ManifestObject } from '../../manifest/objects.ts';
import { locate, type Path } from '../../manifest/path.ts';
import type { ManifestDocument } from '../../manifest/read/manifest.ts';
import type { Position } from '../../text/line-offsets.ts';
import { entryOf, objectName } from './sentences.ts';

/** What is wrong, where, and what would be right. */
export interface LintFinding extends Position {
  /** An info is no finding of lint: explain tells it. */
  readonly severity: 'error' | 'warning' | 'info';
  readonly code: LintCode;
  /** The file as it was given. */
  readonly source: string;
  /** Counted from 1, as lines and columns are. */
  readonly document: number;
  /** `Deployment/orders`; empty where no object could be read. */
  readonly object: string;
  /** Without its full stop. */
  readonly sentence: string;
  /** Sentences with their full stops; empty where the first one says it all. */
  readonly advice: string;
}

/** What is wrong with something in a document. */
export interface Found {
  readonly document: ManifestDocument;
  readonly object: ManifestObject;
  readonly path: Path;
  /** Where it stands within the value at the path. */
  readonly position?: Position;
  readonly code: LintCode;
  readonly sentence: string;
  readonly advice: string;
}

/**
 * The findings at their places, in the order of the files, each once: a Namespace's label or a ConfigMap is met again with
 * every pod that uses it.
 */
export function placed(
  found: readonly Found[],
  others: readonly LintFinding[],
  sources: readonly string[],
): readonly LintFinding[] {
  const all = [...others, ...found.map(findingOf)];
  const distinct = new Map(
    all.map((one) => [JSON.stringify([one.source, one.line, one.column, one.code, one.sentence]), one] as const),
  );
  const rank = new Map(sources.map((source, i) => [source, i]));
  return [...distinct.values()].sort(
    (a, b) => rank.get(a.source)! - rank.get(b.source)! || a.line - b.line || a.column - b.column,
  );
}

function findingOf(found: Found): LintFinding {
  const { document, object, path, position, code, sentence, advice } = found;
  return {
    severity: entryOf(code).severity,
    code,
    source: document.source,
    document: document.number,
    ...(position ?? locate(document, path)),
    object: objectName(object),
    sentence,
    advice,
  };
}
