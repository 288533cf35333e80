import { type Document, isMap, isSeq, type ParsedNode } from 'yaml';
import { composeYaml, type YamlError } from '../../yaml/compose.ts';
import type { OffsetFinding } from './manifest-problem.ts';
import { mostLevels } from './read-json.ts';

const unprintablePattern = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/;

export const tooDeep = `values are nested deeper than ${mostLevels} levels`;

/**
 * Composes the text of one document as kubectl reads it.
 *
 * @param base the offset of the text in its manifest
 */
export function composeDocument(source: string, base: number, findings: OffsetFinding[]): Document.Parsed | undefined {
  const unprintable = source.search(unprintablePattern);
  if (unprintable >= 0) {
    findings.push({
      severity: 'error',
      offset: base + unprintable,
      message: 'control characters are not allowed',
    });
  }
  const breaks = source.search(/[\u0085\u2028\u2029]/);
  if (breaks >= 0) {
    const name = `U+${source.charCodeAt(breaks).toString(16).toUpperCase().padStart(4, '0')}`;
    const message = `kubectl takes ${name} for a line break: write it as an escape between double quotes`;
    findings.push({ severity: 'warning', offset: base + breaks, message });
  }
  const whole = composeYaml(source, { keepSourceTokens: true });
  const rest = restOf(whole.errors);
  const head = rest === undefined ? undefined : composeYaml(source.slice(0, rest), { keepSourceTokens: true });
  const isHead = head?.errors.length === 0 && endsBefore(head.first?.contents, source, rest!);
  const { first, second, errors } = isHead ? head : whole;
  if (isHead) {
    const message = 'kubectl reads nothing from here on: the line does not belong to the value before it';
    findings.push({ severity: 'warning', offset: base + rest!, message });
  }
  for (const { offset, reason, message } of errors) {
    findings.push({ severity: 'error', offset: base + offset, message: reason === 'too_deep' ? tooDeep : message });
  }
  if (errors.length === 0 && second !== undefined && second.contents !== null) {
    const message = 'kubectl reads nothing after "..."; separate documents with "---"';
    findings.push({ severity: 'warning', offset: base + second.range[0], message });
  }
  return first;
}

/**
 * Whether go-yaml ends a document before a line: where it begins left of the keys or dashes of the document. At their
 * column go-yaml looks for another one.
 */
function endsBefore(root: ParsedNode | null | undefined, source: string, rest: number): boolean {
  if (!(isMap(root) || isSeq(root)) || root.flow === true) return false;
  const column = columnOf(source, rest);
  return source.slice(rest - column, rest).trim() === '' && column < columnOf(source, root.range[0]);
}

function columnOf(source: string, offset: number): number {
  return offset - (source.lastIndexOf('\n', offset - 1) + 1);
}

/** The offset of text behind the value of a document, if nothing is wrong before it. */
function restOf(errors: readonly YamlError[]): number | undefined {
  const [first] = errors.toSorted((a, b) => a.offset - b.offset);
  return first?.reason === 'rest' ? first.offset : undefined;
}
