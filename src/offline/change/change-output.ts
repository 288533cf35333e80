import { sentence } from '../../inject/outcome/reason-text.ts';
import { changeJson, copyOf } from '../../json/change-json.ts';
import type { JsonObject } from '../../json/json.ts';
import { parsePointer } from '../../json/operation.ts';
import { jsonStream } from '../../manifest/json-stream.ts';
import { columns, printable } from '../../terminal/style.ts';
import { applyEdits } from '../../text/text-edit.ts';
import { unifiedDiff } from '../../text/unified-diff.ts';
import type { ManifestChange, ObjectChange } from './manifest-change.ts';

/** The text of a manifest with its changes; the text itself where there are none. */
export function changedText({ manifest, edits }: ManifestChange): string {
  return applyEdits(manifest.text, edits);
}

export function isChanged({ edits }: ManifestChange): boolean {
  return edits.length > 0;
}

/**
 * One stream of several texts, in which each keeps its meaning: YAML follows a separator of its own, JSON follows JSON
 * on a new line.
 */
export function joined(texts: readonly { readonly text: string; readonly isJson: boolean }[]): string {
  let stream = '';
  let wasJson = false;
  for (const { text, isJson } of texts) {
    if (stream === '') {
      stream = text;
    } else {
      const next = text.replace(/^\ufeff/, '');
      const line = /[\r\n]$/.test(stream) ? '' : '\n';
      const separator = (wasJson && isJson) || /^---(\s|$)/.test(next) ? '' : '---\n';
      stream += line + separator + next;
    }
    wasJson = isJson;
  }
  return stream;
}

/** The objects of all documents, as JSON. */
export function jsonOutput(all: readonly ManifestChange[]): string {
  return jsonStream(
    all.flatMap(({ manifest, operations }) =>
      manifest.documents.map((document) => {
        const value = copyOf(document.value);
        for (const operation of operations.get(document) ?? [])
          changeJson(value, parsePointer(operation.path) ?? [], operation);
        return value;
      }),
    ),
  );
}

/** A JSON Patch for each object that changes, one line of JSON each; its paths begin at the object. */
export function patchOutput(all: readonly ManifestChange[]): string {
  const lines = all.flatMap(({ objects }) =>
    objects
      .filter(({ patch }) => patch.length > 0)
      .map(({ document, object: { apiVersion, kind, namespace, name }, line, patch }): JsonObject => {
        const identity = { apiVersion, kind, ...(namespace !== undefined && { namespace }), name };
        return { source: document.source, document: document.number, line, ...identity, patch: patch as never };
      }),
  );
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** A diff that `patch -p1` and `git apply` take. */
export function diffOutput(all: readonly ManifestChange[]): string {
  return all
    .map(({ manifest: { text, source }, edits }) => {
      const name = printable(source === '-' ? 'stdin' : source.replace(/^(?:\.?\/)+/, ''));
      return unifiedDiff(text, edits, { before: `a/${name}`, after: `b/${name}` });
    })
    .join('');
}

/** The SGR codes with which git colours a diff: bold, cyan, green, red. */
const diffColours: readonly (readonly [RegExp, number])[] = [
  [/^(?:--- |\+\+\+ )/, 1],
  [/^@@/, 36],
  [/^\+/, 32],
  [/^-/, 31],
];

export function colouredDiff(diff: string): string {
  return diff.replace(/^.+$/gm, (line) => {
    const [, colour] = diffColours.find(([begins]) => begins.test(line)) ?? [];
    return colour === undefined ? line : `\u001b[${colour}m${line}\u001b[0m`;
  });
}

/** The name of an object in every line about it. */
export function nameOf({ object: { kind, name } }: Pick<ObjectChange, 'object'>): string {
  return printable(`${kind}/${name}`);
}

/** One line for each object: its name, the decision, the kinds it asks for, and the reasons. */
export function shortOutput(all: readonly ManifestChange[]): string {
  const rows = all.flatMap(({ objects }) =>
    objects.map((one) => {
      const problems = one.findings.filter(({ severity }) => severity !== 'info');
      const findings = problems.length > 0 || one.patch.length > 0 ? problems : one.findings;
      const why = findings.map(({ reason }) => sentence(reason)).join('; ');
      return [nameOf(one), one.decision, one.kinds.join(',') || '-', printable(why)];
    }),
  );
  return columns(rows)
    .map((line) => `${line}\n`)
    .join('');
}
