import type { Json } from '../../json/json.ts';
import { lineStarts, positionOf } from '../../text/line-offsets.ts';
import { aliasExcess } from './alias-excess.ts';
import type { ManifestProblem, OffsetFinding } from './manifest-problem.ts';
import type { Node, Span } from './node.ts';
import { jsonOf } from './node-value.ts';
import { readJsonStream } from './read-json.ts';
import { readYaml } from './read-yaml.ts';
import { splitStream } from './split-stream.ts';

/** A file or stream of manifests. */
export interface Manifest {
  /** The file as the command line names it, `-` for standard input. */
  readonly source: string;
  readonly text: string;
  /** In the order of the text, without documents that have errors or no content. */
  readonly documents: readonly ManifestDocument[];
  /** In the order of the text. */
  readonly problems: readonly ManifestProblem[];
}

export interface ManifestDocument extends Span {
  readonly source: string;
  /** Its number in the stream from 1; documents with errors count, empty ones do not. */
  readonly number: number;
  readonly format: 'yaml' | 'json';
  /** The text of the whole manifest: offsets of nodes are offsets in it. */
  readonly text: string;
  /** The offsets at which the lines of that text begin. */
  readonly lineStarts: readonly number[];
  readonly root: Node;
  /** The value that kubectl would send to the API server. All aliases of an anchor share one value: never change it. */
  readonly value: Json;
}

/**
 * Reads a stream of YAML documents, of JSON texts, or both, as kubectl 1.35 reads one: YAML 1.1 of go-yaml v2,
 * documents split at lines that begin with `---`, JSON texts that follow each other. Empty documents are left out.
 *
 * @param text with or without byte order mark, line breaks of any kind
 * @param source the name in problems
 */
export function readManifest(text: string, source: string): Manifest {
  const { chunks, findings } = splitStream(text);
  const all: { finding: OffsetFinding; number: number }[] = [];
  const documents: ManifestDocument[] = [];
  const starts = lineStarts(text);
  let number = 0;
  for (const chunk of chunks) {
    const read = readChunk(text, chunk);
    const broken = read.findings.some(({ severity }) => severity === 'error');
    for (const finding of read.findings) all.push({ finding, number: number + 1 });
    for (const root of read.roots) {
      number++;
      const bomb = aliasExcess(root);
      if (bomb !== undefined) all.push({ finding: bomb, number });
      else
        documents.push({
          source,
          number,
          format: read.format,
          text,
          lineStarts: starts,
          start: read.format === 'json' ? root.start : chunk.start,
          end: read.format === 'json' ? root.end : chunk.end,
          root,
          value: jsonOf(root),
        });
    }
    if (broken) number++;
  }
  // Both in the order of the text.
  let before = 0;
  for (const finding of findings) {
    while (before < documents.length && documents[before]!.end <= finding.offset) before++;
    all.push({ finding, number: documents[before - 1]?.number ?? 1 });
  }
  return { source, text, documents, problems: located(starts, source, all) };
}

/**
 * Comments and directives alone. Only one part can match each run of the text, so that a banner of `#` is read once.
 */
const noContent = /^\s*(?:[%#][^\r\n]*(?:[\r\n]\s*|$))*$/;

interface Chunk {
  readonly format: 'yaml' | 'json';
  readonly roots: readonly Node[];
  readonly findings: readonly OffsetFinding[];
}

/** A text that begins like JSON may be YAML in flow style: both are tried, as kubectl does. */
function readChunk(text: string, chunk: Span): Chunk {
  const head = text.slice(chunk.start, chunk.end);
  const isJson = /^\s*[{[]/.test(head);
  const json = isJson ? readJsonStream(text, chunk) : undefined;
  if (json?.ok) return { format: 'json', roots: json.value, findings: [] };
  // Blank lines of tabs are refused, too.
  if (noContent.test(head) && !/^ *\t/m.test(head))
    return { format: 'yaml', roots: [], findings: directives(head, chunk) };
  const yaml = readYaml(text, chunk);
  const failed = yaml.findings.some(({ severity }) => severity === 'error');
  // Quotes around keys show that JSON was intended.
  if (failed && json !== undefined && /^\s*[{[]\s*["{[]/.test(head))
    return { format: 'json', roots: [], findings: [json.problem] };
  const isEmpty = yaml.root === undefined || (yaml.root.type === 'scalar' && yaml.root.value === null);
  return { format: 'yaml', roots: isEmpty ? [] : [yaml.root!], findings: yaml.findings };
}

/** The warning for `%YAML` before a separator, which the splitter makes a document of its own. */
function directives(head: string, { start }: Span): readonly OffsetFinding[] {
  const offset = head.search(/^%/m);
  if (offset < 0) return [];
  return [
    {
      severity: 'warning',
      offset: start + offset,
      message: 'kubectl refuses a stream with directives: leave the line out',
    },
  ];
}

function located(
  starts: readonly number[],
  source: string,
  findings: readonly { finding: OffsetFinding; number: number }[],
): ManifestProblem[] {
  return findings
    .toSorted((a, b) => a.finding.offset - b.finding.offset)
    .map(({ finding: { severity, offset, message }, number }) => ({
      severity,
      source,
      document: number,
      ...positionOf(starts, offset),
      message,
    }));
}
