import type { ReadReview, Review } from './review.ts';
import { reviewVersions } from './review.ts';

/** One token of JSON: a text, a bracket, a mark, or anything else up to the next of these. */
const token = /"((?:[^"\\]|\\.)*)"|[{}[\],:]|[^"{}[\],:]+/gy;
/** Deeper than anything that is looked for. */
const deepest = 8;

/**
 * Reads of a review that is too large to be parsed what stands at its beginning: the API server writes the request's
 * uid, kind, namespace and operation before the object. `body` is that beginning, cut anywhere.
 */
export function readEnvelope(body: Buffer): ReadReview {
  const found = textsByPath(body.toString('utf8', 0, 16_384));
  const of = (path: string) => found.get(path) ?? '';
  const version = reviewVersions.find((known) => known === of('apiVersion'));
  const uid = of('request.uid');
  if (of('kind') !== 'AdmissionReview' || version === undefined || uid === '') {
    const message = 'the review is larger than --review-limit, and its uid does not stand at its beginning';
    return { ok: false, problem: { code: 'too_large', message } };
  }
  const review: Review = {
    version,
    uid,
    group: of('request.kind.group'),
    kind: of('request.kind.kind'),
    resource: of('request.resource.resource'),
    subResource: of('request.subResource'),
    operation: of('request.operation'),
    namespace: of('request.namespace'),
    name: of('request.name'),
    // It stands behind the object, and is not known: what is not read is no decision to be told of.
    dryRun: false,
    object: undefined,
  };
  return { ok: true, value: review };
}

/** The texts of a JSON document by the path of their keys, as far as it goes; nothing inside of lists. */
function textsByPath(json: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const keys: string[] = [];
  let key: string | undefined;
  let isValue = false;
  for (const [text, quoted] of json.matchAll(token)) {
    if (quoted !== undefined) {
      if (isValue && key !== undefined) found.set([...keys, key].join('.'), unescaped(text));
      else key = unescaped(text);
      isValue = false;
    } else if (text === ':') {
      isValue = true;
    } else if (text === '{') {
      if (keys.length >= deepest) break;
      // The document itself has no key.
      if (key !== undefined) keys.push(key);
      key = undefined;
      isValue = false;
    } else if (text === '}') {
      keys.pop();
      isValue = false;
    } else if (text === '[') {
      break;
    } else if (text === ',') {
      key = undefined;
      isValue = false;
    }
  }
  return found;
}

function unescaped(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return '';
  }
}
