import type { ReadReview, Review } from './review.ts';
import { reviewVersions } from './review.ts';

/** One token of JSON: a text, a bracket, a mark, or anything else up to the next of these. */
const token = /"((?:[^"\\]|\\.)*)"|[{}[\],:]|[^"{}[\],:]+/gy;
/** Deeper than any field that is read here. */
const deepest = 8;

/**
 * Reads the beginning of a review that is too large to be parsed: the API server writes the request's uid, kind,
 * namespace and operation before the object.
 * @param body that beginning, cut anywhere
 */
export function readEnvelope(body: Buffer): ReadReview {
  const texts = textsByPath(body.toString('utf8', 0, 16_384));
  const of = (path: string) => texts.get(path) ?? '';
  const version = reviewVersions.find((one) => one === of('apiVersion'));
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
    // Unknown, since it follows the object; owners are not notified of an unread review anyway.
    dryRun: false,
    object: undefined,
  };
  return { ok: true, value: review };
}

/** The texts of a JSON document by the path of their keys, up to its end or its first list. */
function textsByPath(json: string): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const keys: string[] = [];
  let key: string | undefined;
  let isValue = false;
  for (const [text, quoted] of json.matchAll(token)) {
    if (quoted !== undefined) {
      if (isValue && key !== undefined) texts.set([...keys, key].join('.'), unescaped(text));
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
  return texts;
}

function unescaped(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return '';
  }
}
