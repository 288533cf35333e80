import { locate, type Path } from '../../manifest/path.ts';
import type { ManifestDocument } from '../../manifest/read/manifest.ts';
import { type Position, positionOf } from '../../text/line-offsets.ts';

/** The position in a document of a line and column of a text that is one of its values. */
export interface EmbeddedPosition extends Position {
  /** False where escapes or folding hide the lines of the value: the position is then that of the value's begin. */
  readonly exact: boolean;
}

/**
 * Finds a line and column of a text in the document whose value the text is: a mapping file in an annotation or in a
 * ConfigMap. Literal block scalars (`|`) keep its lines; so do values in one line that need no escapes.
 *
 * @param at from 1, in the value
 */
export function embeddedPosition(
  document: ManifestDocument,
  path: Path,
  value: string,
  at: Position,
): EmbeddedPosition {
  const begin = locate(document, path, 'value');
  const { text, lineStarts: starts } = document;
  const offset = starts[begin.line - 1]! + begin.column - 1;
  const header = /^\|([-+]?)([1-9]?)([-+]?)[ \t]*(?:#.*)?(?:\r\n|\n|\r)/.exec(text.slice(offset, offset + 200));
  if (header !== null && document.format === 'yaml') {
    const indent = blockIndent(text, starts, begin.line, value);
    return { line: begin.line + at.line, column: indent + at.column, exact: true };
  }
  const quoted = /^["']/.test(text[offset] ?? '') ? 1 : 0;
  const isPlain =
    at.line === 1 && !value.trimEnd().includes('\n') && text.startsWith(firstLine(value, 0), offset + quoted);
  if (!isPlain) return { ...begin, exact: false };
  return { ...positionOf(starts, offset + quoted + at.column - 1), exact: true };
}

/** The columns before a block scalar's text, as its first line that is not empty shows them. */
function blockIndent(text: string, starts: readonly number[], headerLine: number, value: string): number {
  const empty = /^\n*/.exec(value)![0].length;
  if (empty === value.length) return 0;
  const start = starts[headerLine + empty] ?? text.length;
  return Math.max(0, text.slice(start, starts[headerLine + empty + 1]).indexOf(firstLine(value, empty)));
}

function firstLine(value: string, from: number): string {
  const end = value.indexOf('\n', from);
  return value.slice(from, end < 0 ? value.length : end);
}
