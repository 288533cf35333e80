import { isUtf8 } from 'node:buffer';
import type { Failure, Success } from '../../result/result.ts';
import type { PageRequest } from '../../runtime/runtime.ts';

/** Lines that one request may have explained. */
export const MOST_LINES = 200;

/** What a request wants to have explained. */
export interface Ask {
  readonly lines: readonly string[];
  /** The text of a mapping file; undefined: the one in use. */
  readonly mapping: string | undefined;
}

export type ReadAsk = Success<Ask> | (Failure & { readonly status: 400 | 415 });

const FIELDS = ['line', 'lines', 'mapping'];

/**
 * Reads what is asked: `line` of an address; `lines` and `mapping` of a form; or JSON, `{"lines": "…" | ["…"], "mapping": "…"}`. Text
 * of several lines is split, and empty lines are left out of it.
 */
export function readAsk({ method, query, headers, body }: PageRequest): ReadAsk {
  if (method !== 'POST') return askOf(query.getAll('line').flatMap(split), query.get('mapping') ?? undefined);
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
  // Browsers send every line of a text area with a carriage return.
  return askOf(texts.flatMap(split), form.get('mapping')?.replaceAll('\r\n', '\n'));
}

function readJson(text: string): ReadAsk {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return bad(`The body is not JSON: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return bad('The body has to be an object: {"lines": ["…"], "mapping": "…"}.');
  }
  const unknown = Object.keys(value).find((key) => !FIELDS.includes(key));
  if (unknown !== undefined) return bad(`There is no ${JSON.stringify(unknown)}: only "lines" and "mapping".`);
  const { line, lines = line, mapping } = value as Readonly<Record<string, unknown>>;
  if (mapping !== undefined && mapping !== null && typeof mapping !== 'string') {
    return bad('"mapping" has to be the text of a mapping file.');
  }
  if (typeof lines === 'string') return askOf(split(lines), mapping ?? undefined);
  if (Array.isArray(lines) && lines.every((one) => typeof one === 'string')) return askOf(lines, mapping ?? undefined);
  return bad('"lines" has to be a text, or a list of texts.');
}

function askOf(lines: readonly string[], mapping: string | undefined): ReadAsk {
  if (lines.length > MOST_LINES) return bad(`${lines.length} lines are too many: ${MOST_LINES} at most.`);
  return { ok: true, value: { lines, mapping } };
}

function bad(problem: string): ReadAsk {
  return { ok: false, status: 400, problem };
}

function split(text: string): readonly string[] {
  return text.split(/\r?\n/).filter((line) => line !== '');
}
