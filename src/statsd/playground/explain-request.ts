import { isUtf8 } from 'node:buffer';
import type { Failure, Success } from '../../result/result.ts';
import type { PageRequest } from '../../runtime/runtime.ts';

/** The most lines of one request. */
export const mostLines = 200;

/** The lines and the mapping of a request. */
export interface ExplainRequest {
  readonly lines: readonly string[];
  /** The text of a mapping file; undefined: the mapping in use. */
  readonly mapping: string | undefined;
}

export type ReadExplainRequest = Success<ExplainRequest> | (Failure & { readonly status: 400 | 415 });

const fields = ['line', 'lines', 'mapping'];

/**
 * Reads a request: `line` of an address; `lines` and `mapping` of a form; or JSON, `{"lines": "…" | ["…"], "mapping":
 * "…"}`. A text of several lines is split, and its empty lines are left out.
 */
export function readExplainRequest({ method, query, headers, body }: PageRequest): ReadExplainRequest {
  if (method !== 'POST') return requestOf(query.getAll('line').flatMap(split), query.get('mapping') ?? undefined);
  const [type = ''] = (headers['content-type'] ?? '').split(';').map((part) => part.trim().toLowerCase());
  const isJson = type === 'application/json';
  if (!isJson && type !== 'application/x-www-form-urlencoded') {
    const problem = 'The body has to be application/json or a form (application/x-www-form-urlencoded).';
    return { ok: false, status: 415, problem };
  }
  if (!isUtf8(body)) return bad('The body is not UTF-8.');
  if (isJson) return readJson(body.toString());
  const form = new URLSearchParams(body.toString());
  const texts = [...form.getAll('lines'), ...form.getAll('line')];
  // Browsers send each line of a text area with a carriage return.
  return requestOf(texts.flatMap(split), form.get('mapping')?.replaceAll('\r\n', '\n'));
}

function readJson(text: string): ReadExplainRequest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return bad(`The body is not JSON: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return bad('The body has to be an object: {"lines": ["…"], "mapping": "…"}.');
  }
  const unknown = Object.keys(value).find((key) => !fields.includes(key));
  if (unknown !== undefined) return bad(`There is no ${JSON.stringify(unknown)}: only "lines" and "mapping".`);
  const { line, lines = line, mapping } = value as Readonly<Record<string, unknown>>;
  if (mapping !== undefined && mapping !== null && typeof mapping !== 'string') {
    return bad('"mapping" has to be the text of a mapping file.');
  }
  if (typeof lines === 'string') return requestOf(split(lines), mapping ?? undefined);
  if (Array.isArray(lines) && lines.every((one) => typeof one === 'string'))
    return requestOf(lines, mapping ?? undefined);
  return bad('"lines" has to be a text, or a list of texts.');
}

function requestOf(lines: readonly string[], mapping: string | undefined): ReadExplainRequest {
  if (lines.length > mostLines) return bad(`${lines.length} lines are too many: ${mostLines} at most.`);
  return { ok: true, value: { lines, mapping } };
}

function bad(problem: string): ReadExplainRequest {
  return { ok: false, status: 400, problem };
}

function split(text: string): readonly string[] {
  return text.split(/\r?\n/).filter((line) => line !== '');
}
