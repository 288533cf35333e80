import type { Json } from '../../json/json.ts';
import { lineStarts, positionOf } from '../../text/line-offsets.ts';
import { excessive } from './alias-excess.ts';
import type { Finding, Problem } from './manifest-problem.ts';
import type { Node, Span } from './node.ts';
import { jsonOf } from './node-value.ts';
import { readJsonStream } from './read-json.ts';
import { readYaml } from './read-yaml.ts';
import { splitStream } from './split-stream.ts';

/** A file or stream of manifests. Its text is the concatenation of its documents and what stands between them. */
export interface Manifest {
  /** The file as it was given, `-` or what the caller calls standard input. */
  readonly source: string;
  readonly text: string;
  /** In the order of the text, those with errors and without content left out. */
  readonly documents: readonly ManifestDocument[];
  /** In the order of the text. */
  readonly problems: readonly Problem[];
}

export interface ManifestDocument extends Span {
  readonly source: string;
  /** Its number in the stream, from 1; documents with errors are counted, empty ones are not. */
  readonly number: number;
  readonly format: 'yaml' | 'json';
  /** The text of the whole manifest: the offsets of the nodes are offsets in it. */
  readonly text: string;
  /** Where the lines of that text begin. */
  readonly lineStarts: readonly number[];
  readonly root: Node;
  /**
   * What kubectl would send to the API server. What an alias names is one value in all its places: never write to it.
   */
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
  const found: { finding: Finding; number: number }[] = [];
  const documents: ManifestDocument[] = [];
  const starts = lineStarts(text);
  let number = 0;
  for (const chunk of chunks) {
    const read = readChunk(text, chunk);
    const broken = read.findings.some(({ severity }) => severity === 'error');
    for (const finding of read.findings) found.push({ finding, number: number + 1 });
    for (const root of read.roots) {
      number++;
      const bomb = excessive(root);
      if (bomb !== undefined) found.push({ finding: bomb, number });
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
    found.push({ finding, number: documents[before - 1]?.number ?? 1 });
  }
  return { source, text, documents, problems: located(starts, source, found) };
}

/** Comments and directives alone. Each run of the text can be taken by one part only: a banner of `#` is read once. */
const NO_CONTENT = /^\s*(?:[%#][^\r\n]*(?:[\r\n]\s*|$))*$/;

interface Chunk {
  readonly format: 'yaml' | 'json';
  readonly roots: readonly Node[];
  readonly findings: readonly Finding[];
}

/** What begins like JSON may still be YAML in flow style: as kubectl does, both are tried. */
function readChunk(text: string, chunk: Span): Chunk {
  const head = text.slice(chunk.start, chunk.end);
  const isJson = /^\s*[{[]/.test(head);
  const json = isJson ? readJsonStream(text, chunk) : undefined;
  if (json?.ok) return { format: 'json', roots: json.value, findings: [] };
  if (NO_CONTENT.test(head)) return { format: 'yaml', roots: [], findings: directives(head, chunk) };
  const yaml = readYaml(text, chunk);
  const failed = yaml.findings.some(({ severity }) => severity === 'error');
  // Quotes around keys say what was meant.
  if (failed && json !== undefined && /^\s*[{[]\s*["{[]/.test(head))
    return { format: 'json', roots: [], findings: [json.problem] };
  const isEmpty = yaml.root === undefined || (yaml.root.type === 'scalar' && yaml.root.value === null);
  return { format: 'yaml', roots: isEmpty ? [] : [yaml.root!], findings: yaml.findings };
}

/** `%YAML` before a separator: the splitter makes a document of its own of it. */
function directives(head: string, { start }: Span): readonly Finding[] {
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
  found: readonly { finding: Finding; number: number }[],
): Problem[] {
  return found
    .toSorted((a, b) => a.finding.offset - b.finding.offset)
    .map(({ finding: { severity, offset, message }, number }) => ({
      severity,
      source,
      document: number,
      ...positionOf(starts, offset),
      message,
    }));
}
