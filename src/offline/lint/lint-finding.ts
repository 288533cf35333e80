import type { LintCode } from '../../inject/outcome/reasons.ts';
import type { ManifestObject } from '../../manifest/objects.ts';
import { locate, type Path } from '../../manifest/path.ts';
import type { ManifestDocument } from '../../manifest/read/manifest.ts';
import type { Position } from '../../text/line-offsets.ts';
import { entryOf, objectName } from './sentences.ts';

/** One finding: a problem, its position, and advice. */
export interface LintFinding extends Position {
  /** `lint` leaves infos out; `explain` shows them. */
  readonly severity: 'error' | 'warning' | 'info';
  readonly code: LintCode;
  /** The file as the command line names it. */
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

/** A finding whose position is not looked up yet. */
export interface DocumentFinding {
  readonly document: ManifestDocument;
  readonly object: ManifestObject;
  readonly path: Path;
  /** The position within the value at the path; absent: that of the path itself. */
  readonly position?: Position;
  readonly code: LintCode;
  readonly sentence: string;
  readonly advice: string;
}

/**
 * The findings with their positions, in the order of the files and without duplicates: every pod that uses a
 * Namespace's label or a ConfigMap repeats their findings.
 */
export function locatedFindings(
  findings: readonly DocumentFinding[],
  others: readonly LintFinding[],
  sources: readonly string[],
): readonly LintFinding[] {
  const all = [...others, ...findings.map(locatedFinding)];
  const distinct = new Map(
    all.map((one) => [JSON.stringify([one.source, one.line, one.column, one.code, one.sentence]), one] as const),
  );
  const rank = new Map(sources.map((source, i) => [source, i]));
  return [...distinct.values()].sort(
    (a, b) => rank.get(a.source)! - rank.get(b.source)! || a.line - b.line || a.column - b.column,
  );
}

function locatedFinding(finding: DocumentFinding): LintFinding {
  const { document, object, path, position, code, sentence, advice } = finding;
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
